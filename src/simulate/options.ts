import { parseArgs } from 'node:util';

/** What a simulation is of. */
export interface SimulationOptions {
  /** Null: the only program whose unit is a school. */
  program: string | null;
  /** `2026-27` */
  year: string;
  schools: number;
  seed: number;
  late: Late | null;
}

/** A region all of whose work is done so many days later than it would have been. */
export interface Late {
  region: string;
  days: number;
}

/** The command line can't be taken as it is; the message says how to write it. */
export class UsageError extends Error {
  override name = 'UsageError';
  constructor(fault: string) {
    super(`${fault}\n${USAGE}`);
  }
}

/** @throws UsageError */
export function readOptions(argv: string[]): SimulationOptions & { json: boolean } {
  const given = parsed(argv);
  return {
    program: given.program ?? null,
    year: matching('--year', given.year, /^2\d{3}-\d{2}$/, 'a planning year such as 2026-27'),
    schools: whole('--schools', given.schools, 1, MOST_SCHOOLS),
    seed: whole('--seed', given.seed, 0, 2 ** 32 - 1),
    late: given.late === undefined ? null : lateOf(given.late),
    json: given.json,
  };
}

const MOST_SCHOOLS = 100_000;

const USAGE = `Usage: npm run simulate -- --year 2026-27 [--schools 25] [--seed 1] [--late REGION:21d] [--program ID] [--json]`;

function parsed(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        year: { type: 'string', default: '' },
        schools: { type: 'string', default: '25' },
        seed: { type: 'string', default: '1' },
        late: { type: 'string' },
        program: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function lateOf(text: string): Late {
  const [, region, days] = /^([A-Za-z0-9]+):(\d{1,3})d$/.exec(text) ?? [];
  if (!region || !days) throw new UsageError(`--late ${text} is not like needsAssessment:21d.`);
  return { region, days: Number(days) };
}

function matching(name: string, text: string, pattern: RegExp, wanted: string): string {
  if (pattern.test(text)) return text;
  throw new UsageError(`${name} ${text} is not ${wanted}.`);
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${name} ${text} is not a whole number from ${least} to ${most}.`);
}
