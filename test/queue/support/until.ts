/** Waits until something is so; fails after `patience` ms. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  patience = 15_000,
): Promise<void> {
  for (const end = Date.now() + patience; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`It did not come to be within ${patience} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
