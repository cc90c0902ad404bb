import { jsonResponse, type SandboxResponse } from '../http/sandbox-response';

/** The codes of Hubster's error table that the sandbox gives of itself, with their HTTP status and general text. */
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
  203: { status: 400, text: 'A parameter is no GUID.' },
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

export type PortalCode = keyof typeof PORTAL_CODES;

/** One entry of `errors` in an error body. */
export interface PortalError {
  readonly code: PortalCode;
  readonly description: string;
}

/** Hubster's answer to a request it refuses; all `errors` share one HTTP status. */
export class PortalRefusal extends Error {
  readonly response: SandboxResponse;

  constructor(errors: readonly [PortalError, ...PortalError[]]) {
    super(`Refused with PRT ${errors.map(({ code }) => code).join(', ')}`);
    this.response = portalErrorResponse(PORTAL_CODES[errors[0].code].status, errors);
  }
}

export function portalError(code: PortalCode, text: string = PORTAL_CODES[code].text): PortalError {
  return { code, description: `${text} (code: PRT${String(code).padStart(6, '0')})` };
}

export function refusal(code: PortalCode, text?: string): PortalRefusal {
  return new PortalRefusal([portalError(code, text)]);
}

/** Throws the refusal that names all problems at once, if there is one. */
export function refuseIfAny(problems: readonly PortalError[]): void {
  const [first, ...rest] = problems;
  if (first) throw new PortalRefusal([first, ...rest]);
}

function portalErrorResponse(status: number, errors: readonly PortalError[]): SandboxResponse {
  return jsonResponse(status, { status, errors });
}

/** The general code of a status that a fault may give without a body of its own. */
const GENERAL_CODES: readonly PortalCode[] = [100, 101, 102, 103, 104, 105, 106, 107, 108];

/** The documented error body of `status`, or undefined where the error table has no general code for it. */
export function generalErrorResponse(status: number): SandboxResponse | undefined {
  const code = GENERAL_CODES.find((general) => PORTAL_CODES[general].status === status);
  return code && portalErrorResponse(status, [portalError(code)]);
}
