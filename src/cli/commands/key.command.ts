import { makeApiKey } from '../../access/api-key';
import { print } from '../terminal';

/** Prints a new API key, this once (N1), and its line for the tenants file. */
export async function printKey(): Promise<number> {
  const { key, hash } = makeApiKey();
  await print(`API key for the caller; it is not shown again:

    ${key.reveal()}

Line for the caller's entry in the tenants file:

    keyHash: sha256:${hash}

`);
  return 0;
}
