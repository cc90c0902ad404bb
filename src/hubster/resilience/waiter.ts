/** A call that waits for a slot of the bulkhead. */
export class Waiter<T> {
  slot: T | undefined;
  #resolve = () => {};
  readonly admitted = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** The slot is then counted, even if the timeout of the waiter ends in the same tick. */
  admit(slot: T): void {
    this.slot = slot;
    this.#resolve();
  }
}
