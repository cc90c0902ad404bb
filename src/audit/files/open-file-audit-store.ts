import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/logger';
import { Checkpoints } from '../chain/checkpoints';
import type { TrailKey } from '../chain/trail-key';
import type { CreateChainFile } from './chain-file';
import { ChainOpener } from './chain-opener';
import { FileStore } from './file-audit-store';
import type { TrailPlace } from './trail-directory';

interface FileStoreParts {
  readonly key: TrailKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When a file is full; default 64 MiB. */
  readonly maxBytes?: number;
  readonly create?: CreateChainFile;
}

/** Touches no disk before the first batch. */
export function openFileStore(place: TrailPlace, { key, clock, logger, maxBytes, create }: FileStoreParts): FileStore {
  const checkpoints = new Checkpoints(place.checkpointDirectory, key, clock, logger);
  return new FileStore(new ChainOpener(place, key, clock, logger, create), checkpoints, maxBytes);
}
