/** In milliseconds. */
export const SIGN_IN_WINDOW = 600_000;

/** Acts of signing in within {@link SIGN_IN_WINDOW}: a whole school may share one address. */
export const usualPerSignIn = 120;
