import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { UnsettledWrites } from '../../integrations/reconciliation/startup-reconciler';
import { logEvent } from '../../observability/log-events';
import { LOGGER, type Logger } from '../../observability/logger';

/** Settles in the background what an earlier process left open, for the tenants of now. */
@Injectable()
export class SettlingAtStart implements OnApplicationBootstrap {
  constructor(
    private readonly unsettled: UnsettledWrites,
    private readonly directory: Directory,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.unsettled
      .settle((id) => this.directory.tenant(id))
      .then((count) => {
        if (count > 0) logEvent(this.logger, 'writes.settled', { count });
      });
  }
}
