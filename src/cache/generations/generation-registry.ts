export interface RegistryListener {
  /** Another replica has replaced the id of this scope by this one. */
  onDropped(scope: string, id: string): void;
  /** The registry can be used again after an outage; what it holds may be from before. */
  onReconnected(): void;
  /** Drops by others may have been missed until now; from now on they are heard. */
  onListening(): void;
}

/** Where replicas keep the ids that generations are made of, and hear of each other's drops. */
export abstract class GenerationRegistry {
  /** Whether it can be asked. */
  abstract get isAvailable(): boolean;

  /** Whether drops by others are heard, normally within milliseconds. */
  abstract get isListening(): boolean;

  abstract listen(listener: RegistryListener): void;

  /** The ids of the scopes; where there is none, a new one is made. Rejects when it cannot be told. */
  abstract idsOf(scopes: readonly string[]): Promise<readonly string[]>;

  /**
   * Replaces the id of the scope, for ever, and tells the other replicas; resolves to the new one. It is greater than the old one and than
   * `floor`, the greatest that the caller has seen. Rejects when that is not certain.
   */
  abstract drop(scope: string, floor: string | undefined): Promise<string>;
}
