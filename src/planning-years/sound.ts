import type { Context, DbOrTrx } from '../context.ts';
import { wasNewerHere } from '../db/writers.ts';
import { DomainError, QuarantinedError } from '../errors.ts';
import type { Programs } from '../programs/programs.ts';
import { belongsToOf, isSamePlace } from './belongs-to.ts';
import type { YearModel } from './model.ts';
import { modelOf } from './models.ts';
import type { YearState } from './state.ts';
import type { YearRow } from './store.ts';
import { broughtUp } from './upgrade.ts';

/**
 * The model of a stored year that can be used as it stands.
 * @throws QuarantinedError when it can't, which concerns this year alone
 */
export async function soundModelOf(
  programs: Programs,
  db: DbOrTrx,
  row: YearRow,
): Promise<YearModel> {
  if (row.aside) throw new QuarantinedError(aboutYear(row.id, row.aside), { isKnown: true });
  return fitModelOf(programs, db, row);
}

/** The same, whether or not the year has been set aside before. */
export async function fitModelOf(
  programs: Programs,
  db: DbOrTrx,
  row: YearRow,
): Promise<YearModel> {
  const fault = faultOfRow(row) ?? faultOfPlace(row);
  if (fault !== null) throw new QuarantinedError(aboutYear(row.id, { reason: fault }));
  if (isUnknown(programs, row) && (await wasNewerHere(db)))
    throw new QuarantinedError(aboutYear(row.id, NEWER), { isKnown: true });
  const model = await ofYear(row.id, () => modelOf(programs, db, row));
  const unfit = faultOfState(row.state, model);
  if (unfit !== null) throw new QuarantinedError(aboutYear(row.id, { reason: unfit }));
  return model;
}

/** Neither of these charts nor of earlier ones that can be brought to them. */
function isUnknown(programs: Programs, { program, machineVersion }: YearRow): boolean {
  const { machines } = programs.get(program) ?? {};
  if (!machines) return false;
  const known = [machines.version, ...(machines.upgrades ?? []).map(({ from }) => from)];
  return !known.includes(machineVersion);
}

/** Nothing is wrong with it, so it is not set aside. */
const NEWER = {
  reason: 'It is on the charts of a newer release, which has been at work here.',
  remedy: 'a server of that release',
};

/**
 * Does something with what is stored of one year; whatever fails but what the domain refuses is a
 * fault of that year.
 * @throws QuarantinedError
 */
export async function ofYear<T>(id: string, act: () => Promise<T> | T): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw faultOfYear(id, error);
  }
}

/** The same where nothing is waited for. */
export function shown<T>(id: string, view: () => T): T {
  try {
    return view();
  } catch (error) {
    throw faultOfYear(id, error);
  }
}

/** Years of a list with their models; one that can't be used throws when its model is asked for. */
export async function eachSound<Row extends YearRow>(
  ctx: Pick<Context, 'programs' | 'clock'>,
  db: DbOrTrx,
  rows: readonly Row[],
): Promise<{ row: Row; model: () => YearModel }[]> {
  return Promise.all(
    (await broughtUp(ctx, db, rows)).map(async (row) => {
      try {
        const model = await soundModelOf(ctx.programs, db, row);
        return { row, model: () => model };
      } catch (error) {
        const fail = () => {
          throw error;
        };
        return { row, model: fail };
      }
    }),
  );
}

/** What a failure about one year is to be told as. */
export function faultOfYear(id: string, error: unknown): unknown {
  const { name, code, message, severity } = error as Failure;
  if (error instanceof QuarantinedError || severity !== undefined) return error;
  const wrongPin = code === 'program-missing' || code === 'needs-migration';
  if (error instanceof DomainError && !wrongPin) return error;
  const reason = wrongPin ? `${message}` : `It could not be read (${name}: ${message}).`;
  return new QuarantinedError(aboutYear(id, { reason }), { cause: error });
}

interface Failure {
  name: string;
  code?: string;
  message: string;
  /** Of what the database says: nothing of it is about one row as it stands. */
  severity?: string;
}

/** The same of whatever has failed where nobody had asked for anything. */
export function asFault(id: string, error: unknown): QuarantinedError {
  if (error instanceof QuarantinedError) return error;
  const { name, message } = error as Failure;
  const reason = `Time could not be applied to it (${name}: ${message}).`;
  return new QuarantinedError(aboutYear(id, { reason }), { cause: error });
}

/**
 * What the database's refusal to write one year is to be told as. Its own rules are broken only by
 * what is stored already: every number and date of ours has been held against it before.
 */
export function refusedBy(id: string, error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === UNIQUE_VIOLATION && constraint === 'log_entries_pkey')
    return new QuarantinedError(aboutYear(id, { reason: BEHIND }), { cause: error });
  if (code === OUT_OF_RANGE)
    return new QuarantinedError(aboutYear(id, { reason: 'One of its counters is at its end.' }), {
      cause: error,
    });
  return error;
}

export const BEHIND = 'Its row is behind its log.';
const UNIQUE_VIOLATION = '23505';
const OUT_OF_RANGE = '22003';

export const aboutYear = (id: string, fault: { reason: string; remedy?: string }) => ({
  kind: 'planningYear' as const,
  subject: id,
  ...fault,
});

const DATE = /^\d{4}-\d\d-\d\d$/;

/** What is wrong with the columns of a year's row, as far as its types allow it; null: nothing. */
function faultOfRow(row: YearRow): string | null {
  const wrong = [
    ['year', /^\d{4}-\d\d$/.test(row.year)],
    ['version', isCount(row.version)],
    ['head_seq', isCount(row.headSeq)],
    ['head_hash', row.headHash.length === 32],
    ['opened_on', DATE.test(row.openedOn)],
    ['clock_on', row.clockOn === null || DATE.test(row.clockOn)],
    ['updated_at', row.updatedAt instanceof Date],
    ['parameters', isObject(row.parameters) && Object.values(row.parameters).every(isText)],
  ].flatMap(([name, right]) => (right ? [] : [name]));
  return wrong.length > 0 ? `Its row holds what can't be (${wrong.join(', ')}).` : null;
}

/** That a row tells of another school, program or year than its log; null: it does not. */
function faultOfPlace({ state, ...row }: YearRow): string | null {
  const told = isObject(state) ? state.belongsTo : undefined;
  if (told === undefined || isSamePlace(told, belongsToOf(row))) return null;
  return `Its row says that it is of ${row.organizationCode}, and its log tells otherwise.`;
}

/** What keeps a state from being one of these charts; null: nothing. */
export function faultOfState(state: YearState, { machines }: YearModel): string | null {
  if (!isObject(state)) return 'Its state is no object.';
  const { regions, done, waived, extended, conditions, began } = state;
  const parts = { regions, done, waived, extended, conditions, began };
  for (const [name, part] of Object.entries(parts))
    if (!isObject(part)) return `Its state has no ${name}.`;
  if (!isText(state.designation) || !DATE.test(state.clockAt) || typeof state.ended !== 'boolean')
    return 'Its state lacks its designation, its clock or its end.';
  for (const date of [state.releasedOn, state.lastContact])
    if (!DATE.test(date ?? state.clockAt)) return 'Its state holds a date that is none.';
  for (const { key, states } of machines.regions) {
    const at = regions[key];
    if (!isObject(at) || !DATE.test(at.since) || !Object.hasOwn(states, at.state))
      return `Its state of the region "${key}" is none that the charts have.`;
  }
  if (!Object.values({ ...done, ...waived }).every((seq) => Number.isInteger(seq)))
    return 'Its state names no entries for what is settled.';
  if (!Object.values(extended).every((date) => DATE.test(date)))
    return 'Its state holds a due date that is none.';
  return null;
}

/** One that can be counted on from. */
const isCount = (number: number): boolean => number > 0 && number < 2 ** 31 - 1;
const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
