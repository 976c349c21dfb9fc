/** What was made lately, by name; what was not asked for the longest is forgotten first. */
export class Remembered<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string, make: () => T): T {
    const known = this.#made.get(name) ?? make();
    this.#made.delete(name);
    this.#made.set(name, known);
    const [oldest] = this.#made.keys();
    if (this.#made.size > this.#most && oldest !== undefined) this.#made.delete(oldest);
    return known;
  }
}
