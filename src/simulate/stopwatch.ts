/** How long each kind of work has taken, in seconds. */
export class Stopwatch {
  private readonly began = performance.now();
  private readonly spent = new Map<string, number>();

  async time<T>(what: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.spent.set(what, (this.spent.get(what) ?? 0) + performance.now() - start);
    }
  }

  get total(): number {
    return seconds(performance.now() - this.began);
  }

  get phases(): Record<string, number> {
    return Object.fromEntries([...this.spent].map(([what, millis]) => [what, seconds(millis)]));
  }
}

const seconds = (millis: number): number => Math.round(millis / 10) / 100;
