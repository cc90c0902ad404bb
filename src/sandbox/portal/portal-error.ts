import { emptyResponse, jsonResponse, type SandboxResponse } from '../sandbox-http';

/** The codes of Hubster's error table that the sandbox uses, with their HTTP status and general text. */
const PORTAL_CODES = {
  100: { status: 500, text: 'System error.' },
  101: { status: 403, text: 'Forbidden.' },
  102: { status: 401, text: 'Unauthorized.' },
  103: { status: 501, text: 'Operation not implemented.' },
  104: { status: 410, text: 'The resource or operation is not available.' },
  105: { status: 404, text: 'Resource not found.' },
  106: { status: 409, text: 'Resource already exists.' },
  107: { status: 417, text: 'The request or operation is not valid.' },
  108: { status: 408, text: 'The request took too long.' },
  202: { status: 400, text: 'A parameter has a bad format.' },
  203: { status: 400, text: 'A parameter is not a GUID.' },
  206: { status: 400, text: 'The value is not supported.' },
  207: { status: 400, text: 'The value is out of range.' },
  209: { status: 400, text: 'The value must be greater than or equal to zero.' },
  210: { status: 400, text: 'The value is not a number.' },
  300: { status: 400, text: 'The body is missing.' },
  301: { status: 400, text: 'A property is required.' },
  302: { status: 400, text: 'A property has the wrong type.' },
  303: { status: 400, text: 'A property is not supported.' },
  306: { status: 400, text: 'A collection must hold at least one element.' },
  307: { status: 400, text: 'A message was empty.' },
  699: { status: 404, text: 'Hub not found.' },
  700: { status: 400, text: 'An integration with that name exists in the hub.' },
  701: { status: 400, text: 'The channel is already assigned to a hub.' },
  799: { status: 404, text: 'Integration not found.' },
} as const;
/** Codes without a cause, for responses that only have a status. */
const GENERAL_CODES: readonly PortalCode[] = [100, 101, 102, 103, 104, 105, 106, 107, 108];

type PortalCode = keyof typeof PORTAL_CODES;

/** One entry of `errors` in an error body. */
export interface PortalError {
  readonly code: PortalCode;
  readonly description: string;
}

/** Hubster's response to an invalid request; all `errors` have the same HTTP status. */
export class PortalRejection extends Error {
  readonly response: SandboxResponse;

  constructor(errors: readonly [PortalError, ...PortalError[]]) {
    super(`Rejected with PRT ${errors.map(({ code }) => code).join(', ')}`);
    this.response = portalErrorResponse(PORTAL_CODES[errors[0].code].status, errors);
  }
}

export function portalError(code: PortalCode, text: string = PORTAL_CODES[code].text): PortalError {
  return { code, description: `${text} (code: PRT${String(code).padStart(6, '0')})` };
}

export function rejection(code: PortalCode, text?: string): PortalRejection {
  return new PortalRejection([portalError(code, text)]);
}

/** Throws one rejection with all errors, if there are any. */
export function rejectIfAny(errors: readonly PortalError[]): void {
  const [first, ...rest] = errors;
  if (first) throw new PortalRejection([first, ...rest]);
}

function portalErrorResponse(status: number, errors: readonly PortalError[]): SandboxResponse {
  return jsonResponse(status, { status, errors });
}

/** The documented error body of `status`; empty if the error table has no general code for it. */
export function generalErrorResponse(status: number): SandboxResponse {
  const code = GENERAL_CODES.find((general) => PORTAL_CODES[general].status === status);
  return code ? portalErrorResponse(status, [portalError(code)]) : emptyResponse(status);
}
