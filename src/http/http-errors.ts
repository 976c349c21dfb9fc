import { DomainError } from '../errors.ts';

const BEARER = 'Bearer realm="planning-year"';

/** What only exists because the caller speaks HTTP. */
export class UnauthenticatedError extends DomainError {
  readonly code = 'unauthenticated';
  /** Whose key or session it was, where it is known but good no more: for the audit. */
  readonly whose: string | null;
  /** How to authenticate, as `WWW-Authenticate` says it. */
  readonly challenge: string;
  constructor(message: string, whose: string | null = null, challenge = BEARER) {
    super(message);
    this.whose = whose;
    this.challenge = challenge;
  }
}

/** Somebody could not be let in. It is the same whatever was wrong; the log says more. */
export class SignInRefusedError extends DomainError {
  readonly code = 'sign-in-refused';
}

export class MethodNotAllowedError extends DomainError {
  readonly code = 'method-not-allowed';
  readonly allowed: string[];
  constructor(allowed: string[]) {
    super(`This address answers to ${allowed.join(', ')} only.`);
    this.allowed = allowed;
  }
}

/** None of the media types that the caller accepts can be made. */
export class NotAcceptableError extends DomainError {
  readonly code = 'not-acceptable';
}

/** The rest of a request does not come. */
export class RequestTimeoutError extends DomainError {
  readonly code = 'request-timeout';
  constructor() {
    super('The request did not arrive in time. Send it again, in one go.');
  }
}

/** A body that would keep everybody waiting while it is read. The message says what to leave out. */
export class TooLargeError extends DomainError {
  readonly code = 'body-too-large';
}

export class UnsupportedCharsetError extends DomainError {
  readonly code = 'unsupported-media-type';
  constructor(charset: string) {
    super(
      `A body in ${charset.slice(0, 60)} cannot be read. Save it as UTF-8 (in a spreadsheet: "CSV UTF-8") and say charset=utf-8.`,
    );
  }
}

/** A body that is compressed in a way that is not taken. */
export class UnsupportedCodingError extends DomainError {
  readonly code = 'unsupported-media-type';
  constructor(coding: string) {
    super(
      `A body with Content-Encoding ${coding.slice(0, 40)} cannot be read. Compress it by gzip, or not at all.`,
    );
  }
}

export class TooManyRequestsError extends DomainError {
  readonly code = 'too-many-requests';
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super(`That was too fast. Wait ${retryAfterSeconds} s, then go on more slowly.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A dependency that the server can't do without does not answer. */
export class UnavailableError extends DomainError {
  readonly code = 'unavailable';
}
