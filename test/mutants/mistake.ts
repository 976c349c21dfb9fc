/** A mistake somebody could make: one place of the code, written wrong. */
export interface Mistake {
  /** The file, from the project's root. */
  file: string;
  /** What is wrong with it, as a sentence about the product: "A task due on the day of opening is forgotten". */
  what: string;
  /** The text that stands there, exactly once. */
  find: string;
  /** What stands there instead. */
  put: string;
  /** The suites of `npm test` that are asked first, from the project's root. */
  tests: string[];
  /** Why no test can notice it (it changes nothing that anybody can see): the reason. */
  unnoticed?: string;
}

/** Mistakes of one file, each told by what is wrong, what stands there, and what stands there instead. */
export const inFile =
  (file: string, ...tests: string[]) =>
  (what: string, find: string, put: string, more: Partial<Mistake> = {}): Mistake => ({
    ...{ file, what, find, put, tests },
    ...more,
  });
