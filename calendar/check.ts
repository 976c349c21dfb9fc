import {
  edges,
  type Facts,
  initialState,
  isByHand,
  type ProgramMachines,
  type Region,
} from '../machines/region.ts';
import type { CalendarTask, Pack, ProgramFile } from './shape.ts';

/**
 * Whether a program's calendar and charts speak of the same things. Returns a line for each place
 * where they do not; none when the program can run. Pure: the application asks at its start.
 */
export function checkPack(pack: Pack, machines: ProgramMachines): string[] {
  const tasks = pack.months.flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks));
  const program =
    machines.program === pack.program.id
      ? []
      : [
          `The charts are those of ${machines.program}, the calendar is that of ${pack.program.id}.`,
        ];
  return [
    ...program,
    ...tasks.flatMap((task) => [...raiseFaults(task, machines), ...openFaults(task, machines)]),
    ...roleFaults(pack, machines),
    ...eventFaults(pack, machines),
    ...correctionFaults(pack, machines),
    ...ruleFaults(pack, machines),
    ...silenceFaults(pack, machines),
  ];
}

function raiseFaults({ id, role, raises }: CalendarTask, { regions }: ProgramMachines): string[] {
  if (!raises) return [];
  const event = regions.map(({ events }) => events[raises]).find(Boolean);
  if (!event) return [`Task ${id} raises "${raises}", which is no event of a region.`];
  if (!isByHand(event))
    return [`Task ${id} raises "${raises}", which the engine applies by itself.`];
  if (!event.by.includes(role))
    return [`Task ${id} raises "${raises}", which is not an act of the role "${role}".`];
  return [];
}

function openFaults(
  { id, region, opensWhen }: CalendarTask,
  { regions }: ProgramMachines,
): string[] {
  const unknown =
    region !== undefined && !regions.some(({ key }) => key === region)
      ? [`Task ${id} is work of region "${region}", which does not exist.`]
      : [];
  const opening = Object.entries(opensWhen ?? {}).flatMap(([key, state]) => {
    const region = regions.find((each) => each.key === key);
    if (!region) return [`Task ${id} opens with region "${key}", which does not exist.`];
    if (!region.states[state])
      return [`Task ${id} opens with state "${state}", which region ${key} does not have.`];
    return [];
  });
  return [...unknown, ...opening];
}

function roleFaults({ program }: Pack, { regions }: ProgramMachines): string[] {
  const roles = program.roles.map(({ id }) => id);
  return regions.flatMap(({ events }) =>
    Object.entries(events).flatMap(([type, { by }]) =>
      by
        .filter((role) => !roles.includes(role))
        .map((role) => `Event ${type} is an act of "${role}", which is no role of the program.`),
    ),
  );
}

function eventFaults({ reminders }: Pack, { regions }: ProgramMachines): string[] {
  return reminders.rules.flatMap((rule) =>
    (rule.when === 'event' ? rule.events : [])
      .filter((type) => !regions.some(({ events }) => events[type]))
      .map(
        (type) => `reminders.yaml, rules[${rule.id}].events: "${type}" is no event of a region.`,
      ),
  );
}

function correctionFaults({ program }: Pack, { regions }: ProgramMachines): string[] {
  const facts = program.facts.map(({ id }) => id);
  return regions.flatMap(({ events }) =>
    Object.entries(events)
      .filter(([, { whenCorrected }]) => whenCorrected && !facts.includes(whenCorrected))
      .map(
        ([type, { whenCorrected }]) =>
          `Event ${type} follows the fact "${whenCorrected}", which the program does not have.`,
      ),
  );
}

/** Every rule is asked once for each of some situations; what it looks at in vain is reported. */
function ruleFaults({ program }: Pack, machines: ProgramMachines): string[] {
  const dates = Object.keys(program.dates);
  const conditions = program.facts.map(({ id }) => id);
  const regions = machines.regions.map(({ key }) => key);
  const faults = new Set<string>();
  for (const [name, rule] of Object.entries(machines.rules)) {
    const miss = (what: string) => (key: string) =>
      faults.add(`Rule ${name} looks at the ${what} "${key}", which the program does not have.`);
    for (const today of ['0001-01-01', '9999-12-31'])
      for (const condition of [true, false, null])
        rule.holds({
          today,
          dates: watched(dates, '2000-01-01', miss('date')),
          conditions: watched(conditions, condition, miss('fact')),
          regions: watched(regions, '', miss('region')),
        } satisfies Facts);
  }
  return [...faults];
}

/**
 * What passes a school by without anybody's act follows from a fact of the school: that time has gone
 * by and nobody has ticked anything tells nothing.
 */
function silenceFaults({ program }: Pack, machines: ProgramMachines): string[] {
  return machines.regions.flatMap((region) =>
    edges(region)
      .filter(({ to, type }) => region.states[to]?.doesNotApply && region.events[type]?.automatic)
      .filter(({ guard }) => guard === null || holdsUnasked(program, machines, guard))
      .map(
        ({ type, to }) =>
          `Event ${type} leads to "${to}" by itself and from no fact of the school: make it somebody's act.`,
      ),
  );
}

/** Whether a guard can hold, wherever the regions stand, while nothing is known of the school. */
function holdsUnasked(
  program: ProgramFile,
  { regions, rules }: ProgramMachines,
  guard: string,
): boolean {
  const conditions = Object.fromEntries(program.facts.map(({ id }) => [id, null]));
  const dates = Object.fromEntries(Object.keys(program.dates).map((name) => [name, '2000-01-01']));
  const byKey = new Map(regions.map((region) => [region.key, region]));
  /** Whether it holds with these regions as they are set, and whatever others it looks at. */
  const holds = (set: Record<string, string>, today: string): boolean => {
    const open: Region[] = [];
    const seen = new Proxy(set, {
      get(_, key: string) {
        const region = byKey.get(key);
        if (region === undefined || set[key] !== undefined) return set[key];
        open.push(region);
        return initialState(region);
      },
    });
    if (rules[guard]?.holds({ today, dates, conditions, regions: seen })) return true;
    const [next] = open;
    return (
      next !== undefined &&
      Object.keys(next.states).some((state) => holds({ ...set, [next.key]: state }, today))
    );
  };
  return ['0001-01-01', '9999-12-31'].some((today) => holds({}, today));
}

/** An object that has `value` under every key and reports the keys read that are not `known`. */
const watched = <T>(known: string[], value: T, miss: (key: string) => void): Record<string, T> =>
  new Proxy(Object.fromEntries(known.map((key) => [key, value])), {
    get(_, key) {
      if (typeof key === 'string' && !known.includes(key)) miss(key);
      return value;
    },
  });
