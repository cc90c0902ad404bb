import { readConfig } from '../config/environment/read-config';
import { fileReader } from '../config/environment/read-file';
import { loadTenants } from '../config/tenants/load-tenants';
import { SCOPES } from '../context/caller';

/** `npm run config:check`: checks environment and tenants file, starts nothing; exits 1 with every violation. */
try {
  const { mode, tenants: source } = readConfig(process.env);
  if (source.kind === 'demo') console.log(`The configuration is valid: ${mode} mode, with the tenants of the sandbox.`);
  else {
    const { tenants, callers, issuers } = loadTenants(source, {
      env: process.env,
      readFile: fileReader(),
      scopes: SCOPES,
    });
    console.log(
      `The configuration is valid: ${tenants.length} tenants, ${callers.length} callers, ${issuers.length} issuers.`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : 'The configuration cannot be read.');
  process.exitCode = 1;
}
