// Writes docs/openapi.yaml as the built service serves it; `npm run openapi`. A test compares the file with the service.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { createInterface } = require('node:readline');

const ROOT = resolve(__dirname, '../..');

/** The URL of the service, from the log event of its start. */
async function urlOf(service) {
  for await (const line of createInterface({ input: service.stdout })) {
    if (line.includes('"server.listening"')) return JSON.parse(line).url;
  }
  throw new Error('The service did not start.');
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-openapi-'));
  const env = { PATH: process.env.PATH, PORT: '0', SANDBOX_PORT: '0', AUDIT_DIR: directory, LOG_FORMAT: 'json' };
  const service = spawn(process.execPath, [join(ROOT, 'dist/main.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const response = await fetch(`${await urlOf(service)}/openapi.yaml`);
    writeFileSync(join(ROOT, 'docs/openapi.yaml'), await response.text());
  } finally {
    service.kill();
    await once(service, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
