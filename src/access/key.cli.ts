import { makeApiKey } from './api-key';

/** `npm run key`: a new API key, shown this once (N1), and its line for the tenants file. */
const { key, hash } = makeApiKey();
console.log(`API key for the caller; it is not shown again:

    ${key.reveal()}

Line for the caller's entry in the tenants file:

    keyHash: sha256:${hash}
`);
