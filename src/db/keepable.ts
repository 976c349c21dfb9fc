/** Whether PostgreSQL can keep a text: it takes no NUL character and no half of a surrogate pair. */
export const isKeepable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** What can be kept of another program's words, at most so many UTF-16 units of it. */
export const keepable = (text: string, most: number): string =>
  text.replaceAll('\0', '').slice(0, most).toWellFormed();
