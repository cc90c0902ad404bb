/** Hubster's own base path, so that a client only changes its base URL. */
export const BASE_PATH = '/api/v1';
