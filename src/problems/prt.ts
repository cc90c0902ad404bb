/** One of Hubster's error codes: Hubster's HTTP status and our text. */
interface PrtMeaning {
  readonly status: number;
  readonly text: (property: string | undefined) => string;
}

const fixed = (text: string) => () => text;
const naming = (before: string, after: string) => (property: string | undefined) =>
  property === undefined ? `${before} ${after}.` : `${before} '${property}' ${after}.`;

/** Hubster's error codes (docs/hubster.md). The texts are ours: Hubster's own may quote what was sent (S-008). */
export const PRT_MEANINGS: ReadonlyMap<number, PrtMeaning> = new Map([
  [100, { status: 500, text: fixed('System error.') }],
  [101, { status: 403, text: fixed('Forbidden.') }],
  [102, { status: 401, text: fixed('Unauthorized.') }],
  [103, { status: 501, text: fixed('The operation is not implemented.') }],
  [104, { status: 410, text: fixed('The resource or operation is not available.') }],
  [105, { status: 404, text: fixed('The resource was not found.') }],
  [106, { status: 409, text: fixed('The resource already exists.') }],
  [107, { status: 417, text: fixed('The request or operation is not valid.') }],
  [108, { status: 408, text: fixed('The operation took too long.') }],
  [109, { status: 417, text: fixed('The action was aborted.') }],
  [110, { status: 403, text: fixed('The action is not allowed.') }],
  [200, { status: 400, text: naming('Parameter', 'is required') }],
  [201, { status: 400, text: naming('Parameter', 'has a bad format') }],
  [202, { status: 400, text: naming('Parameter', 'has a bad format') }],
  [203, { status: 400, text: naming('Parameter', 'is not a GUID') }],
  [204, { status: 400, text: naming('Parameter', 'is not a date') }],
  [205, { status: 400, text: naming('Parameter', 'is not a date') }],
  [206, { status: 400, text: naming('The value of', 'is not supported') }],
  [207, { status: 400, text: naming('The value of', 'is out of range') }],
  [208, { status: 400, text: naming('The value of', 'must be greater than zero') }],
  [209, { status: 400, text: naming('The value of', 'must be greater than or equal to zero') }],
  [210, { status: 400, text: naming('The value of', 'is not a number') }],
  [211, { status: 400, text: naming('The value of', 'is not an e-mail address') }],
  [212, { status: 400, text: fixed('Criteria are missing beside searchBy.') }],
  [300, { status: 400, text: fixed('The body is missing.') }],
  [301, { status: 400, text: naming('Property', 'is required') }],
  [302, { status: 400, text: naming('Property', 'has the wrong type') }],
  [303, { status: 400, text: naming('Property', 'is not supported') }],
  [304, { status: 400, text: naming('Property', 'is not a decimal') }],
  [305, { status: 400, text: naming('Property', 'is not a GUID') }],
  [306, { status: 400, text: naming('Property', 'must hold at least one element') }],
  [307, { status: 400, text: fixed('The message is empty.') }],
  [308, { status: 400, text: fixed('The body must carry a location.') }],
  [400, { status: 400, text: fixed('The tenant exists already.') }],
  [401, { status: 400, text: fixed('The user exists already.') }],
  [599, { status: 404, text: fixed('The user was not found.') }],
  [600, { status: 400, text: fixed('The name exists already.') }],
  [699, { status: 404, text: fixed('The hub was not found.') }],
  [700, { status: 400, text: fixed('An integration with that name exists in the hub.') }],
  [701, { status: 400, text: fixed('The channel is already assigned to a hub.') }],
  [799, { status: 404, text: fixed('The integration was not found.') }],
]);

/** `PRT000301` for 301. */
export const prtCode = (number: number): string => `PRT${String(number).padStart(6, '0')}`;
