import {
  ConflictError,
  type DomainError,
  ForbiddenError,
  InvalidInputError,
  StaleVersionError,
} from '../errors.ts';

/** What somebody who filled in a form can do something about; everything else is a page of its own. */
export const isTellable = (error: unknown): error is DomainError =>
  [ConflictError, StaleVersionError, InvalidInputError, ForbiddenError].some(
    (kind) => error instanceof kind,
  );

/** Why a form came to nothing, in words for whoever sent it. */
export function refused(error: DomainError): string {
  if (error instanceof StaleVersionError)
    return 'Nothing was saved: what it is about has changed since you opened the page. It is shown as it stands now. What you typed is kept; send it again if it still holds.';
  if (error instanceof InvalidInputError)
    return `Nothing was saved. ${error.message} Look at what is marked below, and send it again.`;
  return `Nothing was saved. ${error.message}`;
}
