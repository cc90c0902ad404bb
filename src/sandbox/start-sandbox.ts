import { startSandbox } from './sandbox';
import { banner, readEnvironment } from './sandbox-environment';

async function main(): Promise<void> {
  const { tenants, ...options } = readEnvironment(process.env);
  const sandbox = await startSandbox(tenants ? { ...options, tenants } : options);
  process.stdout.write(banner(sandbox, { demo: tenants === undefined, quirks: options.quirks }));

  const stop = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    void sandbox.close();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`The sandbox did not start.\n${error instanceof Error ? error.message : 'Unknown error'}\n`);
  process.exitCode = 1;
});
