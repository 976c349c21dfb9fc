import { DomainError } from '../errors.ts';

/** Why one year of many did not take an act. */
export interface Failure {
  code: string;
  detail: string;
}

export const failureOf = (error: unknown): Failure =>
  error instanceof DomainError
    ? { code: error.code, detail: error.message }
    : { code: 'fault', detail: 'This planning year could not be read; see the log.' };

/** Whether an act was refused because what it was to bring about is so already: that is no failure. */
export const isAlreadySo = (error: unknown): boolean =>
  error instanceof DomainError && ALREADY.includes(error.code);

const ALREADY = ['task-already-done', 'task-not-done', 'already-so', 'already-there'];
