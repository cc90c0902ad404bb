import type { RetiredKey, RetiredKeyLocation, RetiringKey } from './retired-key';

/** Where keys stay for 45 minutes after their rotation. */
export abstract class RetiredKeys {
  /** Never rejects: a write does not fail because a key of before it could not be kept. */
  abstract keep(location: RetiredKeyLocation, key: RetiringKey): Promise<void>;

  /** Undefined when there is none, or it is over. Never rejects. */
  abstract find(location: RetiredKeyLocation): Promise<RetiredKey | undefined>;
}
