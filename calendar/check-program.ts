import { IANAZone } from 'luxon';
import { existsEveryYear } from './dates.ts';
import type { Fault } from './faults.ts';
import type { Holiday, LabelsFile, MonthDay, ProgramFile } from './shape.ts';

/** What the shape of `program.yaml` cannot say. `folder` is the name of the program's folder. */
export function checkProgram(program: ProgramFile, folder: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, problem: string) =>
    faults.push({ file: 'program.yaml', field, problem });

  if (program.id !== folder)
    fault('id', `"${program.id}" is not the name of its folder. Write "${folder}".`);
  if (!IANAZone.isValidZone(program.zone))
    fault('zone', `"${program.zone}" is not a time zone. Use a name such as "America/Chicago".`);
  for (const [field, ids] of [
    ['roles', program.roles.map((role) => role.id)],
    ['facts', program.facts.map((fact) => fact.id)],
    ['parameters', program.parameters.map((parameter) => parameter.id)],
  ] as const)
    for (const id of repeated(ids)) fault(field, `"${id}" stands there twice. Remove one.`);
  for (const [name, at] of Object.entries(program.dates)) {
    const problem = dayProblem(program, at);
    if (problem) fault(`dates.${name}`, problem);
  }
  checkFacts(program, fault);
  checkDirectory(program, fault);
  return faults;
}

/** Why a day cannot stand in the calendar, or null. */
export function dayProblem({ months }: Pick<ProgramFile, 'months'>, at: MonthDay): string | null {
  if (!existsEveryYear(at))
    return `month ${at.month} has no day ${at.day} in every year. Choose a day that every year has.`;
  if ((at.month - months.first + 12) % 12 > (months.last - months.first + 12) % 12)
    return `month ${at.month} lies outside the planning year. Use months ${months.first} to ${months.last}.`;
  return null;
}

export function checkLabels({ sets }: LabelsFile): Fault[] {
  const faults: Fault[] = [];
  for (const [index, set] of sets.entries()) {
    const field = `sets[${set.from}]`;
    const before = sets[index - 1];
    if (before && before.from >= set.from)
      faults.push({
        file: 'labels.yaml',
        field: `${field}.from`,
        problem: `is not later than the set before it (${before.from}). Put the sets in order.`,
      });
    for (const label of repeated(set.labels.map((each) => each.label)))
      faults.push({
        file: 'labels.yaml',
        field: `${field}.labels`,
        problem: `"${label}" stands there twice. Remove one.`,
      });
  }
  return faults;
}

export const checkHolidays = (holidays: readonly Holiday[]): Fault[] =>
  holidays.flatMap((holiday) => {
    const [field, at] = 'on' in holiday ? ['on', holiday.on] : ['from', holiday.from];
    if (existsEveryYear(at)) return [];
    const problem = `month ${at.month} has no day ${at.day} in every year. Choose a day that every year has.`;
    return [{ file: 'holidays.yaml', field: `holidays[${holiday.title}].${field}`, problem }];
  });

/** The values that occur more than once, each once. */
export const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) < index)),
];

/** The pattern, or null when it is none. */
export function pattern(source: string): RegExp | null {
  try {
    return new RegExp(source);
  } catch {
    return null;
  }
}

type Report = (field: string, problem: string) => void;

const NO_PATTERN = 'is not a valid regular expression. Correct it.';

function checkFacts({ facts, designationColumns }: ProgramFile, fault: Report) {
  for (const { id, given, codePattern } of facts) {
    if (!given === !codePattern)
      fault(`facts[${id}]`, 'needs either "given" or "codePattern", and not both. Keep one.');
    if (codePattern && !pattern(codePattern)) fault(`facts[${id}].codePattern`, NO_PATTERN);
  }
  const columns = [
    ...Object.values(designationColumns),
    ...facts.flatMap(({ given }) => given?.column ?? []),
  ];
  for (const column of repeated(columns))
    fault('designationColumns', `"${column}" is named for two things. Rename one column.`);
}

function checkDirectory({ directory }: ProgramFile, fault: Report) {
  const { codePattern, districtPattern, inventedPattern, codeExample, columns } = directory;
  const code = pattern(codePattern);
  const district = pattern(districtPattern);
  if (!code) fault('directory.codePattern', NO_PATTERN);
  if (!district) fault('directory.districtPattern', NO_PATTERN);
  if (!pattern(inventedPattern)) fault('directory.inventedPattern', NO_PATTERN);
  if (code && !code.test(codeExample))
    fault('directory.codeExample', `"${codeExample}" does not match codePattern. Correct one.`);
  if (district && !district.exec(codeExample)?.[1])
    fault(
      'directory.districtPattern',
      `finds no district in "${codeExample}". Put the district's part in its first parentheses.`,
    );
  for (const column of repeated(Object.values(columns)))
    fault('directory.columns', `"${column}" is named for two fields. Rename one column.`);
}
