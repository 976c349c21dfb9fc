import type { QuarantinedKind } from './db/tables.ts';

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

/** What was asked for can't be used as it is stored, and waits to be mended; all else goes on. */
export class QuarantinedError extends DomainError {
  readonly code = 'quarantined';
  readonly fault: StoredFault;
  /** Whether it has been set aside already. */
  readonly isKnown: boolean;
  constructor(fault: StoredFault, options?: ErrorOptions & { isKnown?: boolean }) {
    const { kind, subject, reason, remedy = REBUILD } = fault;
    super(`It is stored in a way that can't be used: ${reason} Mend it with: ${remedy}`, {
      quarantined: { kind, id: subject, command: remedy },
    });
    this.fault = fault;
    this.isKnown = options?.isKnown ?? false;
    if (options?.cause !== undefined) this.cause = options.cause;
  }
}

/** What is wrong with something that is stored. */
export interface StoredFault {
  kind: QuarantinedKind;
  /** Its id; of a `row`, its table and its id, `table/id`. */
  subject: string;
  /** A sentence without anybody's words or name. */
  reason: string;
  /** What mends it; left out: `npm run rebuild`. */
  remedy?: string;
}

export const REBUILD = 'npm run rebuild';

/** An import with bad rows, or an idempotency key used for another request. */
export class UnprocessableError extends DomainError {
  readonly code: string;
  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message, details);
    this.code = code;
  }
}
