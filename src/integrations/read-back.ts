import { Inject, Injectable } from '@nestjs/common';
import { isOrderable } from '../channels/canonical-order';
import type { CallContext } from '../hubster/hubster-client';
import type { Integration } from '../hubster/integration';
import { HubsterPortal } from '../hubster/portal';
import { mayUse } from './hub-rules';
import { type Warning, warning } from './requests/validation-result';
import type { UpdateValues } from './update-plan';

/** The limit of the read in milliseconds, retries included. Without it a caller lacks an `ETag`, with it every write may last longer. */
const READ_MS = 3000;
const ALWAYS_SHOWN = ['name', 'statusId'] as const;

/** Reads an integration after a write, where Hubster's response to the write lacks what its Get shows (S-771). */
@Injectable()
export class ReadBack {
  constructor(@Inject(HubsterPortal) private readonly portal: Pick<HubsterPortal, 'get'>) {}

  /**
   * The integration as the next read shows it, uncached; undefined if it cannot be read. Never rejects, because the write has
   * succeeded. Takes at most half of the time that is left, so that the response reaches a caller in time.
   * @param values those that were sent
   */
  async read(call: CallContext, written: Integration, values: UpdateValues): Promise<Integration | undefined> {
    if (written.isFromGet || showsAllOf(written, values)) return written;
    const deadline = call.deadline.within(Math.min(READ_MS, call.deadline.remaining / 2));
    const read = await this.portal.get({ ...call, deadline }, written.integrationId).catch(() => undefined);
    return read && mayUse(call.tenant, read.hubId) ? read : undefined;
  }
}

/** Whether Get would show the same as Hubster's response to a write, or a list. */
function showsAllOf(written: Integration, values: UpdateValues): boolean {
  const { channel, configuration } = written;
  return channel.writesShowAll && isOrderable(configuration.reveal()) && notApplied(written, values).length === 0;
}

/** S-313: a warning for each value that was sent and that Hubster does not show. */
export function notApplied(shown: Integration, sent: UpdateValues): Warning[] {
  return ALWAYS_SHOWN.filter((key) => sent[key] !== undefined && shown[key] !== sent[key]).map((key) =>
    warning('not-applied', key),
  );
}
