import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { QuarantinedError } from '../errors.ts';
import type { Rejected } from '../http/csv.ts';
import { closedInWords } from '../schools/closed.ts';
import { inTurns } from '../turns.ts';
import { currentModel } from './models.ts';
import { conditionsOf, openYears, type YearToOpen } from './open.ts';
import { type Designation, regionColumn } from './read-designations.ts';
import { shown } from './sound.ts';
import type { YearState } from './state.ts';
import { remarksOn } from './take-over.ts';

export interface DesignationImport {
  opened: { school: string; planningYear: string }[];
  /** Schools that have the year already, with the same particulars. */
  unchanged: number;
  /** Schools whose designation calls for no planning year. */
  withoutPlanningYear: number;
  rejected: Rejected[];
}

/**
 * Finds out what a file of designations would open: rows of unknown or closed schools and of years that were
 * opened with other particulars are rejected.
 */
export async function sortDesignations(
  ctx: Context,
  trx: Trx,
  program: string,
  designations: Designation[],
  today: string,
): Promise<{
  years: YearToOpen[];
  unchanged: number;
  withoutPlanningYear: number;
  rejected: Rejected[];
  /** Rows that are taken, with what is odd about where their regions stand already. */
  warnings: Rejected[];
}> {
  const schools = await schoolsOf(trx, designations);
  const existing = await yearsOf(trx, program, designations);
  const years: YearToOpen[] = [];
  const rejected: Rejected[] = [];
  const warnings: Rejected[] = [];
  let unchanged = 0;
  let withoutPlanningYear = 0;
  await inTurns(designations, ROWS_PER_TURN, (designation) => {
    const { row, code, year, label, releasedOn, given, regions } = designation;
    const school = schools.get(code);
    const existed = existing.get(`${code} ${year}`);
    if (school && school.closedOn !== null)
      rejected.push({
        row,
        code: 'school-closed',
        detail: `${closedInWords(code, { ...school, closedOn: school.closedOn })}; leave the row out, or name the school that goes on`,
      });
    else if (!school)
      rejected.push({
        row,
        code: 'unknown-school',
        detail: `${code} is not in the directory; import the directory first, or correct the code`,
      });
    else if (!designation.opensPlanningYear) withoutPlanningYear += 1;
    else if (existed === undefined) {
      const { faults, ...remarks } = remarksOnRow(ctx, program, designation, today);
      warnings.push(...remarks.warnings);
      if (faults.length > 0) {
        rejected.push(...faults);
        return;
      }
      const organization = { kind: 'school' as const, code, ...school };
      years.push({ program, year, organization, designation: label, releasedOn, given, regions });
    } else {
      const conditions = conditionsOf(currentModel(ctx.programs, program, year), code, given);
      const differs = differences(existed, { ...designation, given: conditions });
      if (differs === null)
        rejected.push({
          row,
          code: 'quarantined',
          detail: `${code} has its planning year ${year} already, which can't be read as it is stored; mend it with "npm run rebuild", then import the row again`,
        });
      else if (differs.length === 0) unchanged += 1;
      else
        rejected.push({
          row,
          code: 'year-exists',
          detail: `${code} has its planning year ${year} already, opened with another ${differs.join(', ')}; nothing in it was changed`,
        });
    }
  });
  return { years, unchanged, withoutPlanningYear, rejected, warnings };
}

/** Where regions stand already is held against the charts. */
const ROWS_PER_TURN = 20;

/** What is to be said of where a row's regions stand: one fault at most, as for every row. */
function remarksOnRow(
  { programs }: Context,
  program: string,
  { row, code, year, releasedOn, given, regions }: Designation,
  today: string,
): { faults: Rejected[]; warnings: Rejected[] } {
  const model = currentModel(programs, program, year);
  const conditions = conditionsOf(model, code, given);
  const { faults, warnings } = remarksOn(model, { regions, conditions, releasedOn, today });
  const [first] = faults;
  return {
    faults: first
      ? [{ row, code: 'contradiction', detail: `${regionColumn(first.region)} ${first.detail}` }]
      : [],
    warnings: first ? [] : warnings.map(({ detail }) => ({ row, code: 'out-of-order', detail })),
  };
}

/** Opens what {@link sortDesignations} found. */
export async function openDesignated(
  ctx: Context,
  trx: Trx,
  years: YearToOpen[],
  actor: Actor,
): Promise<DesignationImport['opened']> {
  const ids = await openYears(ctx, trx, years, actor);
  return years.flatMap(({ organization }, index) => {
    const planningYear = ids[index];
    return planningYear ? [{ school: organization.code, planningYear }] : [];
  });
}

/** Those that have closed, too. */
async function schoolsOf(trx: Trx, designations: Designation[]) {
  const rows = await trx
    .selectFrom('schools')
    .select(['code', 'districtCode', 'demo', 'closedOn', 'successor'])
    .where((eb) => eb('code', '=', eb.fn.any(eb.val(designations.map(({ code }) => code)))))
    .execute();
  return new Map(rows.map(({ code, ...school }) => [code, school]));
}

async function yearsOf(trx: Trx, program: string, designations: Designation[]) {
  if (designations.length === 0) return new Map<string, Existing>();
  const rows = await trx
    .selectFrom('planningYears')
    .select(['id', 'organizationCode', 'year', 'state'])
    .where('program', '=', program)
    .where((eb) =>
      eb('organizationCode', '=', eb.fn.any(eb.val(designations.map(({ code }) => code)))),
    )
    .execute();
  return new Map(
    rows.map(({ id, organizationCode, year, state }) => [
      `${organizationCode} ${year}`,
      { id, state: state as YearState },
    ]),
  );
}

interface Existing {
  id: string;
  state: YearState;
}

/** @returns null when nothing can be told of the year as it is stored */
function differences({ id, state }: Existing, designation: Designation): string[] | null {
  try {
    return shown(id, () => differencesTo(state, designation));
  } catch (error) {
    if (error instanceof QuarantinedError) return null;
    throw error;
  }
}

function differencesTo(state: YearState, { label, releasedOn, given }: Designation): string[] {
  return [
    ...(state.designation === label ? [] : ['designation']),
    ...(state.releasedOn === releasedOn ? [] : ['release date']),
    ...Object.entries(given)
      .filter(([fact, value]) => (state.conditions[fact] ?? null) !== value)
      .map(([fact]) => fact),
  ];
}
