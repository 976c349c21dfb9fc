import type { z } from 'zod';

/** One thing wrong with a program's files. `task` is an id, `field` a path as its editor sees it. */
export interface Fault {
  file: string;
  task?: string | undefined;
  field: string;
  /** What is wrong and what to do about it, in whole words. */
  problem: string;
}

/** A program's files cannot be used. `faults` lists all that is wrong with them, a line each. */
export class PackError extends Error {
  override name = 'PackError';
  readonly faults: readonly string[];

  constructor(folder: string, faults: readonly Fault[]) {
    const lines = faults.map(faultLine);
    super(
      `The program in ${folder} has ${lines.length} fault${lines.length === 1 ? '' : 's'}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
    this.faults = lines;
  }
}

/** `year/11-november.yaml, task nov-4/district/2, role: ...` */
export const faultLine = ({ file, task, field, problem }: Fault): string =>
  `${[file, task && `task ${task}`, field].filter(Boolean).join(', ')}: ${problem}`;

/** The faults of one file's shape. `raw` is what the file says: it gives elements their names. */
export function shapeFaults(file: string, raw: unknown, error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const paths =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key])
        : [issue.path];
    return paths.map((path) => ({
      file,
      ...placeOf(raw, path),
      problem: remedy(issue, valueAt(raw, path)),
    }));
  });
}

/** The same data, less the tasks that the error speaks of. */
export function withoutFaultyTasks(raw: unknown, { issues }: z.ZodError): unknown {
  const faulty = new Set(
    issues
      .filter(({ path }) => path.includes('tasks'))
      .map(({ path }) => valueAt(raw, path.slice(0, path.indexOf('tasks') + 2))),
  );
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((each) => !faulty.has(each)).map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
  };
  return copy(raw);
}

function placeOf(raw: unknown, path: PropertyKey[]): { task?: string; field: string } {
  const at = path.indexOf('tasks');
  const id = at < 0 ? undefined : nameOf(valueAt(raw, path.slice(0, at + 2)));
  if (id !== undefined && path.length > at + 2)
    return { task: id, field: path.slice(at + 2).join('.') };
  const steps = path.map((step, index) =>
    typeof step === 'number'
      ? `[${nameOf(valueAt(raw, path.slice(0, index + 1))) ?? step + 1}]`
      : `.${String(step)}`,
  );
  return { field: steps.join('').replace(/^\./, '') || 'the file' };
}

function remedy(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing. Add it.';
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a field here. Remove it or correct its spelling.';
    case 'invalid_value':
      return `${JSON.stringify(value)} is not possible. Use ${list(issue.values)}.`;
    case 'invalid_union':
      return `${JSON.stringify(value)} ${issue.message}. Write one of these.`;
    default:
      return `${JSON.stringify(value)} is not valid (${issue.message}). Correct it.`;
  }
}

/** `"a", "b" or "c"` */
export const list = (values: Iterable<unknown>): string =>
  [...values]
    .map((value) => `"${String(value)}"`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');

const valueAt = (raw: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)?.[step], raw);

function nameOf(element: unknown): string | undefined {
  const { id, code, name } = (element ?? {}) as Record<string, unknown>;
  return [id, code, name].find((value) => typeof value === 'string') as string | undefined;
}
