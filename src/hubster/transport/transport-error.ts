import type { TransportCause } from '../../observability/transport-cause';
import type { NoResponse } from '../outcome/outcome';

/** Why there is no answer. Rebuilt from scratch: holds no header, URL, body or text of what the client threw (N1). */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    readonly kind: NoResponse['kind'],
    /** Undefined where we ended the attempt ourselves. */
    override readonly cause?: TransportCause,
  ) {
    super(`No response from Hubster: ${kind}`);
  }
}
