import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A command was called in a way that it does not know. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * The arguments of `npm run NAME -- FILE [--OPTION]`.
 *
 * @throws UsageError
 */
export function oneFile(
  name: string,
  known: NonNullable<ParseArgsConfig['options']>,
): { file: string; options: Record<string, string | boolean | undefined> } {
  const options = Object.entries(known).map(([option, { type }]) =>
    type === 'string' ? `[--${option} VALUE]` : `[--${option}]`,
  );
  const usage = `Use: npm run ${name} -- FILE ${options.join(' ')}`;
  try {
    const { values, positionals } = parseArgs({ options: known, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError(usage);
    return { file, options: values as Record<string, string | boolean | undefined> };
  } catch (error) {
    throw new UsageError(usage, { cause: error });
  }
}
