/** Which tenants have writes under way in this process: what is loaded meanwhile may be from before or after them. */
export class InFlightWrites {
  readonly #open = new Map<string, number>();

  has(tenant: string): boolean {
    return this.#open.has(tenant);
  }

  begin(tenant: string): void {
    this.#open.set(tenant, (this.#open.get(tenant) ?? 0) + 1);
  }

  end(tenant: string): void {
    const others = (this.#open.get(tenant) ?? 0) - 1;
    if (others > 0) this.#open.set(tenant, others);
    else this.#open.delete(tenant);
  }
}
