import type { Redis as Connection } from './redis';
import { Redis } from './redis';
import type { SubscriptionListener } from './redis-subscription';

/** A connection whose commands have another limit. */
export class LongerLimit extends Redis {
  override readonly isConfigured = true;

  constructor(
    private readonly connection: Connection,
    override readonly run: Redis['run'],
  ) {
    super();
  }

  override get isAvailable(): boolean {
    return this.connection.isAvailable;
  }

  override get reasons(): Connection['reasons'] {
    return this.connection.reasons;
  }

  override get isEvicting(): boolean {
    return this.connection.isEvicting;
  }

  override channel(name: string): string {
    return this.connection.channel(name);
  }

  override onInterrupted(listener: () => void): void {
    this.connection.onInterrupted(listener);
  }

  override onReconnected(listener: (isContinued: boolean) => void): void {
    this.connection.onReconnected(listener);
  }

  override subscribe(channel: string, listener: SubscriptionListener): { readonly isListening: boolean } {
    return this.connection.subscribe(channel, listener);
  }

  override close(): Promise<void> {
    return this.connection.close();
  }
}
