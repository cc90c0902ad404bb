import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/logger';
import { Checkpoints } from '../chain/checkpoints';
import type { TrailKey } from '../chain/trail-key';
import type { CreateChainFile } from './chain-file';
import { ChainOpener } from './chain-opener';
import { FileAuditStore } from './file-audit-store';
import type { TrailLocation } from './trail-directory';

interface FileAuditStoreDependencies {
  readonly key: TrailKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When a file is full; default 64 MiB. */
  readonly maxBytes?: number;
  readonly create?: CreateChainFile;
}

/** Does not access the disk before the first batch. */
export function openFileStore(
  location: TrailLocation,
  { key, clock, logger, maxBytes, create }: FileAuditStoreDependencies,
): FileAuditStore {
  const checkpoints = new Checkpoints(location.checkpointDirectory, key, clock, logger);
  return new FileAuditStore(new ChainOpener(location, key, clock, logger, create), checkpoints, maxBytes);
}
