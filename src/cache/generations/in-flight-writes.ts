/** The tenants with writes in flight in this process: a response that is loaded meanwhile may be from before or after the write. */
export class InFlightWrites {
  readonly #counts = new Map<string, number>();

  has(tenant: string): boolean {
    return this.#counts.has(tenant);
  }

  begin(tenant: string): void {
    this.#counts.set(tenant, (this.#counts.get(tenant) ?? 0) + 1);
  }

  end(tenant: string): void {
    const others = (this.#counts.get(tenant) ?? 0) - 1;
    if (others > 0) this.#counts.set(tenant, others);
    else this.#counts.delete(tenant);
  }
}
