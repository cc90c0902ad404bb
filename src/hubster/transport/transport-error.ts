import type { TransportCause } from '../../observability/transport-cause';
import type { NoResponse } from '../outcome/outcome';

/** A request without a response. Built anew: contains no header, URL, body or text of the error that the client threw (N1). */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    readonly kind: NoResponse['kind'],
    /** Undefined if we ended the attempt ourselves. */
    override readonly cause?: TransportCause,
  ) {
    super(`No response from Hubster: ${kind}`);
  }
}
