import { sql } from 'kysely';
import { dueDates, planningYear } from '../../calendar/dates.ts';
import type { ProgramFile } from '../../calendar/shape.ts';
import type { Actor } from '../actor.ts';
import { witness } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { YearSettings } from '../db/tables.ts';
import { type Fault, InvalidInputError, StaleVersionError } from '../errors.ts';
import { isoDate } from '../http/schemas.ts';
import { escapePointer } from '../http/strings.ts';
import { datesFor } from '../programs/year-parameters.ts';
import { modelOf } from './models.ts';
import { restate } from './restate.ts';

/** What is to be set, or with null unset; what is left out stays. */
export interface ParameterChanges {
  program: Record<string, string | null>;
  districts: Record<string, Record<string, string | null>>;
}

/** One setting that goes, comes or is replaced. */
export interface ParameterChange {
  /** Null: for the whole program. */
  district: string | null;
  parameter: string;
  from: string | null;
  to: string | null;
}

/** The settings after some changes. */
export function merged(before: YearSettings, changes: ParameterChanges): YearSettings {
  const districts = { ...before.districts };
  for (const [code, values] of Object.entries(changes.districts)) {
    const own = set({ ...districts[code], ...values });
    if (Object.keys(own).length > 0) districts[code] = own;
    else delete districts[code];
  }
  return { program: set({ ...before.program, ...changes.program }), districts };
}

const set = (values: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null),
  );

/** What goes and comes between two settings, the program's first, then by district and parameter. */
export function changesBetween(before: YearSettings, after: YearSettings): ParameterChange[] {
  const between = (
    district: string | null,
    was: Record<string, string> = {},
    is: Record<string, string> = {},
  ) =>
    [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((parameter) => {
      const [from, to] = [was[parameter] ?? null, is[parameter] ?? null];
      return from === to ? [] : [{ district, parameter, from, to }];
    });
  const codes = new Set([...Object.keys(before.districts), ...Object.keys(after.districts)]);
  return [
    ...between(null, before.program, after.program),
    ...[...codes]
      .sort()
      .flatMap((code) => between(code, before.districts[code], after.districts[code])),
  ];
}

/** @throws InvalidInputError naming every setting that cannot be */
export function checkParameters(
  program: ProgramFile,
  year: string,
  settings: ParameterChanges,
  knownDistricts: ReadonlySet<string>,
): void {
  const { first, closesOn } = planningYear(program, year);
  const faults: Fault[] = [];
  const check = (
    values: Record<string, string | null>,
    at: string,
    per: 'program' | 'district',
  ) => {
    for (const [id, value] of Object.entries(values)) {
      const pointer = `${at}/${escapePointer(id)}`;
      const known = program.parameters.find((parameter) => parameter.id === id);
      if (!known) faults.push({ pointer, detail: 'is no parameter of this program' });
      else if (per === 'district' && known.per !== 'district')
        faults.push({ pointer, detail: 'is one for the whole program, not for a district' });
      else if (value === null) continue;
      else if (known.kind === 'date' && !isoDate.safeParse(value).success)
        faults.push({ pointer, detail: `must be a date such as ${first}` });
      else if (known.kind === 'date' && !(value >= first && value < closesOn))
        faults.push({
          pointer,
          detail: `must be a date from ${first} on and before ${closesOn}, when the year closes`,
        });
      else if (known.kind === 'url' && !/^https?:\/\/\S+$/.test(value))
        faults.push({ pointer, detail: 'must be an http or https address' });
    }
  };
  check(settings.program, '/program', 'program');
  for (const [code, values] of Object.entries(settings.districts)) {
    const at = `/districts/${escapePointer(code)}`;
    if (!knownDistricts.has(code))
      faults.push({ pointer: at, detail: 'is no district of the directory' });
    check(values, at, 'district');
  }
  if (faults.length > 0)
    throw new InvalidInputError('Some values are not valid; see errors.', faults);
}

/**
 * Sets a year's parameters, notes who did it, and gives every active year its new dates: one
 * statement for all of them, and a second look at the few whose tasks come back from before our time,
 * or into the days of grace.
 * @param expected the version that the caller has read
 */
export async function setParameters(
  ctx: Pick<Context, 'programs' | 'clock'>,
  trx: Trx,
  program: string,
  year: string,
  settings: YearSettings,
  actor: Actor,
  expected: number,
): Promise<{ version: number; planningYears: number; tasks: number }> {
  const now = ctx.clock.now();
  const version = expected + 1;
  const text = JSON.stringify(settings);
  const { rows } = await sql`
    insert into year_parameters (program, year, version, settings, updated_at)
    values (${program}, ${year}, ${version}, ${text}::jsonb, ${now})
    on conflict (program, year) do update
      set version = excluded.version, settings = excluded.settings, updated_at = excluded.updated_at
      where year_parameters.version = ${expected}
    returning version`.execute(trx);
  if (rows.length === 0)
    throw new StaleVersionError(
      'The parameters have changed: read them again, and write with their ETag.',
    );
  await trx
    .insertInto('yearParameterChanges')
    .values({
      ...{ program, year, version, settings: text, recordedAt: now },
      actor: JSON.stringify(witness(actor)),
    })
    .execute();
  const recomputed = await recompute(ctx, trx, program, year, settings, now);
  return { version, ...recomputed };
}

/** Gives every active year the dates that are set for it, in one statement. */
export async function recompute(
  { programs }: Pick<Context, 'programs'>,
  trx: Trx,
  program: string,
  year: string,
  settings: YearSettings,
  now: Date,
) {
  const file = programs.get(program)?.pack.program;
  if (!file) return { planningYears: 0, tasks: 0 };
  const common = JSON.stringify(datesFor(file, { ...settings, districts: {} }, ''));
  const byDistrict = JSON.stringify(
    Object.fromEntries(
      Object.keys(settings.districts).map((code) => [code, datesFor(file, settings, code)]),
    ),
  );
  const { rows } = await sql<{ id: string; tasks: number; back: boolean }>`
    with year as (
      update planning_years y
      set parameters = coalesce(${byDistrict}::jsonb -> y.district_code, ${common}::jsonb), updated_at = ${now}
      where y.program = ${program} and y.year = ${year} and y.status = 'active'
        and y.parameters <> coalesce(${byDistrict}::jsonb -> y.district_code, ${common}::jsonb)
      returning y.id, y.parameters, y.opened_on, y.calendar_version, y.state
    ), dated as (
      update tasks t
      set due_on = d.due_on, safe_by = d.safe_by, version = t.version + 1,
        status = case
          when t.status in ('open', 'blocked', 'lapsed') and d.due_on < year.opened_on
          then 'preStart' else t.status end
      from year join jsonb_to_recordset(${JSON.stringify(await datedTasks(trx, programs, program, year))}::jsonb)
        as p (version text, key text, parameter text, days int, "aimDays" int, unset date)
        on p.version = year.calendar_version
      cross join lateral (
        select (year.parameters ->> p.parameter)::date + p.days as day
      ) given
      cross join lateral (
        select coalesce(given.day, p.unset) as due_on, given.day - p."aimDays" as safe_by
      ) d
      where t.planning_year_id = year.id and t.task_key = p.key
        and not year.state -> 'extended' ? p.key
        and (t.due_on, t.safe_by) is distinct from (d.due_on, d.safe_by)
      returning t.planning_year_id, (year.state ->> 'ended')::boolean
        or t.status = 'preStart' and t.due_on >= year.opened_on is not false as back
    )
    select year.id, count(dated.planning_year_id)::int as tasks, coalesce(bool_or(dated.back), false) as back
    from year left join dated on dated.planning_year_id = year.id group by year.id`.execute(trx);
  for (const { id } of rows.filter(({ back }) => back)) await restate({ programs }, trx, id);
  return { planningYears: rows.length, tasks: rows.reduce((sum, { tasks }) => sum + tasks, 0) };
}

/** A task that takes its date from a parameter, as {@link dueDates} tells. */
interface DatedTask {
  /** Of the calendar. */
  version: string;
  key: string;
  parameter: string;
  /** From the parameter's date to the due date. */
  days: number;
  /** From the day to aim at to the due date; null: there is none. */
  aimDays: number | null;
  /** The due date while the parameter is unset. */
  unset: string | null;
}

/** Which tasks take their date from which parameter, in every calendar that active years are pinned to. */
async function datedTasks(
  trx: Trx,
  programs: Context['programs'],
  program: string,
  year: string,
): Promise<DatedTask[]> {
  const pins = await trx
    .selectFrom('planningYears')
    .select(['program', 'year', 'calendarVersion', 'machineVersion'])
    .distinct()
    .where('program', '=', program)
    .where('year', '=', year)
    .where('status', '=', 'active')
    .execute();
  const lists = await Promise.all(
    pins.map(async (pin) => {
      const model = await modelOf(programs, trx, { ...pin, parameters: {} });
      const { months, program: file } = model.pack;
      return months.flatMap(({ month, activities }) =>
        activities.flatMap(({ tasks }) =>
          tasks.flatMap((task): DatedTask[] => {
            const { id, due } = task;
            if (!due || !('parameter' in due)) return [];
            return [
              {
                version: pin.calendarVersion,
                key: id,
                parameter: due.parameter,
                days: due.offset ?? 0,
                aimDays: due.safeBy?.daysBefore ?? null,
                unset: dueDates(file, pin.year, month, task).dueOn,
              },
            ];
          }),
        ),
      );
    }),
  );
  return lists.flat();
}
