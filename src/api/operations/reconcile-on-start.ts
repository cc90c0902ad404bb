import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { StartupReconciler } from '../../integrations/reconciliation/startup-reconciler';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';

/** Reconciles in the background the writes that an earlier process left open, for the current tenants. */
@Injectable()
export class ReconcileOnStart implements OnApplicationBootstrap {
  constructor(
    private readonly startupReconciler: StartupReconciler,
    private readonly directory: Directory,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.startupReconciler
      .reconcile((id) => this.directory.tenant(id))
      .then((count) => {
        if (count > 0) logEvent(this.logger, 'writes.reconciled', { count });
      });
  }
}
