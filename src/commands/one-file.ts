import { parseArgs } from 'node:util';

/** A command was called in a way that it does not know. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * The arguments of `npm run NAME -- FILE [--FLAG]`.
 *
 * @throws UsageError
 */
export function oneFile(name: string, flag: string): { file: string; flag: boolean } {
  const usage = `Use: npm run ${name} -- FILE [--${flag}]`;
  try {
    const { values, positionals } = parseArgs({
      options: { [flag]: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError(usage);
    return { file, flag: values[flag] === true };
  } catch (error) {
    throw new UsageError(usage, { cause: error });
  }
}
