import { schoolYearOf } from '../../calendar/dates.ts';
import { adviceOnCode, adviceOnDay } from '../http/cell-faults.ts';
import { code as asCode, day, truth } from '../http/cells.ts';
import { type CsvRow, type Rejected, readCsv } from '../http/csv.ts';
import { isoDate } from '../http/schemas.ts';
import { inTurns } from '../turns.ts';
import type { YearModel } from './model.ts';
import { regionFault } from './open.ts';

/** One school's designation as a file tells of it. */
export interface Designation {
  /** Line of the spreadsheet; the header is 1. */
  row: number;
  code: string;
  label: string;
  releasedOn: string;
  /** The school year of the release. */
  year: string;
  opensPlanningYear: boolean;
  /** By fact id; null: not known yet. */
  given: Record<string, boolean | null>;
  /** Where regions stand already, of a year taken over while it is under way. */
  regions: Record<string, string>;
}

export interface DesignationFile {
  designations: Designation[];
  rejected: Rejected[];
}

/**
 * Reads a designation file by the program's own columns and labels. A column such as
 * `region.sip` tells where that region stands already.
 * @param today nothing can have been released later
 * @throws UnprocessableError when it is no CSV, or has other columns
 */
export async function readDesignations(
  model: YearModel,
  text: string,
  today: string,
): Promise<DesignationFile> {
  const { pack } = model;
  const regions = model.machines.regions.map(({ key }) => regionColumn(key));
  const { code, designation, releasedOn } = pack.program.designationColumns;
  const given = pack.program.facts.flatMap((fact) =>
    fact.given ? [{ id: fact.id, column: fact.given.column }] : [],
  );
  const columns = [code, designation, releasedOn, ...given.map(({ column }) => column)];
  const { rows, rejected } = await readCsv(text, columns, {
    optional: regions,
    open: given.map(({ column }) => column),
  });
  const designations: Designation[] = [];
  const firstRows = new Map<string, number>();
  await inTurns(rows, ROWS_PER_TURN, ({ row, cells: written }) => {
    const cells = {
      ...written,
      [code]: asCode(written[code] ?? ''),
      [releasedOn]: day(written[releasedOn] ?? ''),
    };
    const read = readRow(model, cells, given, today);
    const first = firstRows.get(cells[code] ?? '');
    if ('detail' in read) rejected.push({ row, ...read });
    else if (first !== undefined)
      rejected.push({ row, code: 'duplicate', detail: `names the same ${code} as row ${first}` });
    else designations.push({ row, ...read });
    if (first === undefined) firstRows.set(cells[code] ?? '', row);
  });
  return { designations, rejected };
}

const ROWS_PER_TURN = 500;

type Cells = CsvRow<string>['cells'];
type Fault = Omit<Rejected, 'row'>;

function readRow(
  model: YearModel,
  cells: Cells,
  given: { id: string; column: string }[],
  today: string,
): Omit<Designation, 'row'> | Fault {
  const { program, labels } = model.pack;
  const names = program.designationColumns;
  const code = cells[names.code] ?? '';
  const { codePattern, codeExample } = program.directory;
  if (!new RegExp(codePattern).test(code))
    return {
      code: 'bad-code',
      detail: `${names.code} ${JSON.stringify(code)} is no code like ${codeExample}${adviceOnCode(code, codeExample)}`,
    };
  const releasedOn = cells[names.releasedOn] ?? '';
  if (!isoDate.safeParse(releasedOn).success)
    return {
      code: 'bad-date',
      detail: `${names.releasedOn} ${JSON.stringify(releasedOn)} is no date like ${today}${adviceOnDay(releasedOn)}`,
    };
  if (releasedOn > today)
    return {
      code: 'future-date',
      detail: `${names.releasedOn} ${releasedOn} lies in the future; import the row on that day or later`,
    };
  const known = labels.sets.filter((set) => set.from <= releasedOn).at(-1)?.labels;
  if (!known)
    return {
      code: 'out-of-range',
      detail: `${names.releasedOn} ${releasedOn} lies before the first designations, those of ${labels.sets[0]?.from}`,
    };
  const label = cells[names.designation] ?? '';
  const found = known.find((candidate) => candidate.label === label);
  if (!found)
    return {
      code: 'unknown-designation',
      detail: `${names.designation} ${JSON.stringify(label)} is none of ${known.map(({ label }) => label).join(', ')}`,
    };
  const facts: Record<string, boolean | null> = {};
  for (const { id, column } of given) {
    const value = truth(cells[column] ?? '');
    if (value === undefined)
      return {
        code: 'bad-value',
        detail: `${column} ${JSON.stringify(cells[column])} is none of true, false, yes, no, Y, N, 1, 0 and empty`,
      };
    facts[id] = value;
  }
  const regions: Record<string, string> = {};
  for (const { key } of model.machines.regions) {
    const state = (cells as Record<string, string | undefined>)[regionColumn(key)];
    if (!state) continue;
    const fault = regionFault(model, key, state);
    if (fault) return { code: 'unknown-state', detail: `${regionColumn(key)} ${fault}` };
    regions[key] = state;
  }
  const { opensPlanningYear } = found;
  const year = schoolYearOf(program, releasedOn);
  return { code, label, releasedOn, year, opensPlanningYear, given: facts, regions };
}

/** The column that tells where a region stands already. */
export const regionColumn = (key: string): string => `region.${key}`;
