/**
 * Something that is done once for all who ask for it while it is under way: what nobody counts must
 * not cost more when many ask.
 */
export function shared<T>(act: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= act().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
