import { dayProblem, pattern, repeated } from './check-program.ts';
import { type Fault, list } from './faults.ts';
import type { DemoFile, ProgramFile } from './shape.ts';

/** What the shape of `demo.yaml` cannot say: its codes, roles, facts and addresses are possible ones. */
export function checkDemo(program: ProgramFile, demo: DemoFile): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, problem: string) =>
    faults.push({ file: 'demo.yaml', field, problem });

  const released = dayProblem(program, demo.releasedOn);
  if (released) fault('releasedOn', released);
  for (const [field, values] of [
    ['districts', demo.districts.map(({ code }) => code)],
    ['schools', demo.schools.map(({ code }) => code)],
    ['vendors', demo.vendors.map(({ code }) => code)],
    ['people', demo.people.map(({ email }) => email)],
  ] as const)
    for (const value of repeated(values))
      fault(field, `"${value}" stands there twice. Remove one.`);
  const invented = pattern(program.directory.inventedPattern);
  for (const field of ['districts', 'schools'] as const)
    for (const { code } of demo[field])
      if (!invented?.test(code))
        fault(`${field}[${code}].code`, 'could be real. Use a code that matches inventedPattern.');
  for (const school of demo.schools) checkSchool(program, demo, school, fault);
  for (const { code, districts } of demo.vendors)
    for (const district of districts)
      if (!demo.districts.some((listed) => listed.code === district))
        fault(
          `vendors[${code}].districts`,
          `there is no district "${district}" here. Correct the code.`,
        );
  for (const person of demo.people) checkPerson(program, demo, person, fault);
  return faults;
}

type Report = (field: string, problem: string) => void;

function checkSchool(
  { directory, facts }: ProgramFile,
  { districts }: DemoFile,
  school: DemoFile['schools'][number],
  fault: Report,
) {
  const field = `schools[${school.code}]`;
  const district = pattern(directory.districtPattern)?.exec(school.code)?.[1];
  if (!pattern(directory.codePattern)?.test(school.code))
    fault(`${field}.code`, `is no ${directory.code} code. Write it like ${directory.codeExample}.`);
  else if (!districts.some(({ code }) => code === district))
    fault(`${field}.code`, `lies in district "${district}", which is not listed. Add it.`);
  const given = facts.filter((fact) => fact.given).map(({ id }) => id);
  for (const fact of Object.keys(school.year?.facts ?? {}))
    if (!given.includes(fact))
      fault(`${field}.year.facts`, `"${fact}" is not given to a school. Use ${list(given)}.`);
}

function checkPerson(
  { roles }: ProgramFile,
  { districts, schools, vendors }: DemoFile,
  { email, assignments }: DemoFile['people'][number],
  fault: Report,
) {
  const field = `people[${email}]`;
  if (!email.endsWith('.invalid'))
    fault(`${field}.email`, 'could reach somebody. Use an address that ends in ".invalid".');
  const codes = { district: districts, school: schools, vendor: vendors };
  for (const { role, organization } of assignments) {
    const known = roles.find(({ id }) => id === role);
    if (!known)
      fault(
        `${field}.assignments`,
        `"${role}" is no role. Use ${list(roles.map(({ id }) => id))}.`,
      );
    else if ((known.kind === 'vendor') !== (organization.kind === 'vendor'))
      fault(
        `${field}.assignments`,
        `"${role}" is ${known.kind === 'vendor' ? 'held at a vendor only' : 'no role of a vendor'}. Correct the organization.`,
      );
    if (!codes[organization.kind].some(({ code }) => code === organization.code))
      fault(
        `${field}.assignments`,
        `there is no ${organization.kind} "${organization.code}" here. Correct the code.`,
      );
  }
}
