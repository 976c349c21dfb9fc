/**
 * What the domain refuses. No HTTP in here: `http/problems.ts` turns each into a reply. Every
 * message says what to do next.
 */
export abstract class DomainError extends Error {
  /** Stable name for programs, part of the API. */
  abstract readonly code: string;
  /** More for the caller than the sentence: becomes members of the problem document. */
  readonly details: Record<string, unknown>;

  constructor(message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = new.target.name;
    this.details = details;
  }
}

/** It does not exist, or lies outside the caller's scope. */
export class NotFoundError extends DomainError {
  readonly code = 'not-found';
}

/** In scope, but not this role's to do. */
export class ForbiddenError extends DomainError {
  readonly code = 'forbidden';
}

export interface Fault {
  /** JSON pointer into the body, `?name` of a query parameter, `:name` of a path's part, a header's name. */
  pointer: string;
  detail: string;
}

/** Input that cannot be taken as it is. It lists the first hundred faults, and says how many there are. */
export class InvalidInputError extends DomainError {
  readonly code = 'invalid-input';
  readonly faults: readonly Fault[];
  constructor(message: string, faults: readonly Fault[] = []) {
    super(message, { errors: faults.slice(0, MOST_FAULTS), errorsTotal: faults.length });
    this.faults = faults;
  }
}

const MOST_FAULTS = 100;

/** The resource has changed since the caller read it. */
export class StaleVersionError extends DomainError {
  readonly code = 'stale-version';
}

/** A place in a feed that cannot be found again: begin anew. */
export class CursorExpiredError extends DomainError {
  readonly code = 'cursor-expired';
}

/** `If-Match` is missing on a write to an existing resource. */
export class PreconditionRequiredError extends DomainError {
  readonly code = 'precondition-required';
}

/** It contradicts the state of things: an impossible event, a duplicate. */
export class ConflictError extends DomainError {
  readonly code: string;
  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message, details);
    this.code = code;
  }
}

/** An import with bad rows, or an idempotency key used for another request. */
export class UnprocessableError extends DomainError {
  readonly code: string;
  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message, details);
    this.code = code;
  }
}
