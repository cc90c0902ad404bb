import {
  type ChangeLog,
  GenerationRegistry,
  type KnownChanges,
  type RegistryListener,
} from '../../../src/cache/generations/generation-registry';
import { type Affected, EVERYTHING, type TagChange } from '../../../src/cache/generations/tenant-changes';

/** With `isManual`, each command waits until the test completes it. */
export class ManualRegistry extends GenerationRegistry {
  override isAvailable = true;
  override isListening = true;
  listener: RegistryListener | undefined;
  epochId = 'e1';
  /** By tenant. */
  readonly epochs = new Map<string, string>();
  logs = new Map<string, readonly TagChange[]>();
  isManual = false;
  readonly waiting: { readonly what: string; readonly done: () => void; readonly fail: () => void }[] = [];
  readonly recorded: [string, Affected, KnownChanges][] = [];
  #made = 0;

  override listen(listener: RegistryListener): void {
    this.listener = listener;
  }

  override async epoch(): Promise<string> {
    const { epochId } = this;
    await this.#completion('epoch');
    return epochId;
  }

  override async replaceEpoch(): Promise<string> {
    await this.#completion('replace epoch');
    this.epochId = `e${Number(this.epochId.slice(1)) + 1}`;
    return this.epochId;
  }

  override async changesOf(tenant: string, after: TagChange | undefined, epoch: string): Promise<ChangeLog> {
    const known = this.epochs.get(tenant) ?? '';
    const greatest = epoch > known ? epoch : known;
    this.epochs.set(tenant, greatest);
    const log = this.logs.get(tenant) ?? [this.#make(EVERYTHING)];
    this.logs.set(tenant, log);
    await this.#completion('changes');
    const index = log.findIndex(({ id }) => id === after?.id);
    const [oldest = this.#make(EVERYTHING)] = log;
    const changes = log.slice(index + 1);
    return { epoch: greatest, oldest: oldest.id, newest: log.at(-1) ?? oldest, changes, hasAfter: index >= 0 };
  }

  override async record(tenant: string, affected: Affected, known: KnownChanges): Promise<TagChange> {
    this.recorded.push([tenant, affected, known]);
    await this.#completion(`record ${tenant}`);
    return this.add(tenant, affected);
  }

  /** A change of another replica. */
  add(tenant: string, affected: Affected): TagChange {
    const change = this.#make(affected);
    this.logs.set(tenant, [...(this.logs.get(tenant) ?? [this.#make(EVERYTHING)]), change]);
    return change;
  }

  #make(affected: Affected): TagChange {
    this.#made += 1;
    return { id: `c${this.#made}`, affected };
  }

  async #completion(what: string): Promise<void> {
    const completion = new Promise<void>((resolve, reject) => {
      this.waiting.push({ what, done: resolve, fail: () => reject(new Error('unavailable')) });
    });
    if (!this.isManual) this.waiting.pop()?.done();
    return completion;
  }
}
