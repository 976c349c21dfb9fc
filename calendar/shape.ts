import { z } from 'zod';

/**
 * The shape of a program's data files. Whoever edits a file sees its faults by file, task and field
 * (see `load.ts`); whoever reads the code finds here what each field means.
 */

/** What the engine and the policy know of a role. Its name and its work are the program's own. */
export const roleKind = z.enum(['state', 'coach', 'local', 'school', 'team', 'board', 'vendor']);
export type RoleKind = z.infer<typeof roleKind>;

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower case words joined by hyphens');
const taskId = z.string().regex(/^[a-z0-9-]+\/[a-z-]+\/[a-z0-9-]+$/, 'activity/role/item');
const camel = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'camelCase');
const text = z.string().trim().min(1);
const isoDate = z.iso.date();
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
const monthNumber = z.int().min(1).max(12);
/** A day of the year that the planning year supplies: Jan 31 of 2026-27 is 2027-01-31. */
const monthDay = z.strictObject({ month: monthNumber, day: z.int().min(1).max(31) });
export type MonthDay = z.infer<typeof monthDay>;

/** `program.yaml` */
export const programFile = z.strictObject({
  id,
  title: text,
  unit: z.enum(['school', 'district']),
  /** IANA zone of every date of the program. */
  zone: text,
  /** The state agency, the organization of roles of kind `state`. */
  agency: z.strictObject({ code: text, name: text }),
  /** First and last month of the planning year; the months from `first` on lie in its first calendar year. */
  months: z.strictObject({
    first: monthNumber,
    last: monthNumber,
    /** Days after the last month in which deadlines that are open stay open; everything else lapses with it. */
    graceDays: z.int().min(0).max(90).default(0),
  }),
  /** The month in which a school year begins: a release in or after it opens that school year. */
  schoolYearBegins: monthNumber,
  roles: z.array(z.strictObject({ id, kind: roleKind, title: text })).min(1),
  /** Conditions of a school. `given` ones come with its designation, others follow from its code. */
  facts: z.array(
    z.strictObject({
      id: camel,
      title: text,
      /** Column of the designation file and, in camelCase, field of the API. */
      given: z.strictObject({ column: text, field: camel }).optional(),
      /** True for the codes that match. */
      codePattern: text.optional(),
    }),
  ),
  /** The program whose year follows for a school when this one's is over. */
  followedBy: id.optional(),
  /** The event that releases a designation: a year opened with a release date begins with it. */
  releaseEvent: text,
  /** Region and state from which on a task is open that names neither an event nor a state of its own. */
  tasksOpenWhen: z.record(camel, camel),
  /** Anchor dates that the charts look at. */
  dates: z.record(camel, monthDay),
  /** Words that an agency may rename; `{portal}` in a title stands for the word of that name. */
  words: z.record(camel, text),
  /** What is set anew each year: dates and addresses. */
  parameters: z.array(
    z.strictObject({
      id: camel,
      title: text,
      kind: z.enum(['date', 'url']),
      per: z.enum(['program', 'district']),
    }),
  ),
  /** How the unit's organizations are named. */
  directory: z.strictObject({
    /** Name of the code in files and the API. */
    code: text,
    codePattern: text,
    /** Its first group is the district's code. */
    districtPattern: text,
    /** What the state never gives out: the codes of a demonstration's districts and schools match it. */
    inventedPattern: text,
    codeExample: text,
    /** Column of the directory file, by field. */
    columns: z.strictObject({
      code: text,
      name: text,
      districtName: text,
      city: text,
      county: text,
      schoolType: text,
      grades: text,
      enrollment: text,
    }),
  }),
  /** Columns of the designation file. */
  designationColumns: z.strictObject({ code: text, designation: text, releasedOn: text }),
});

/** `labels.yaml`: the designations that the state gives, each set from a date on. */
export const labelsFile = z.strictObject({
  sets: z
    .array(
      z.strictObject({
        from: isoDate,
        labels: z.array(z.strictObject({ label: text, opensPlanningYear: z.boolean() })).min(1),
      }),
    )
    .min(1),
});

const due = z.union(
  [
    z.strictObject({
      on: monthDay,
      /** The day to aim at; `workingDayBefore`: the last Monday to Friday not after the due date. */
      safeBy: z.union([monthDay, z.literal('workingDayBefore')]).optional(),
    }),
    z.strictObject({
      parameter: camel,
      /** So many days after the parameter's date; before it where negative. */
      offset: z.int().min(-60).max(60).optional(),
      /** The day to aim at. */
      safeBy: z.strictObject({ daysBefore: z.int().min(1).max(60) }).optional(),
      /** What it is due on while nobody has set the parameter; left out: it has no date then. */
      unset: z.literal('monthEnd').optional(),
    }),
  ],
  'is neither "on: { month, day }" (with a "safeBy" or without) nor "parameter: name"',
);

/**
 * `deadline`: a date in the source or in state rules, never silent. `occasion`: a day on which people
 * come together, never late. `expected`: the source names a month.
 */
export const taskKind = z.enum(['deadline', 'occasion', 'expected']);
export type TaskKind = z.infer<typeof taskKind>;
export const taskScope = z.enum(['state', 'district', 'school']);
export type TaskScope = z.infer<typeof taskScope>;
export const noteKind = z.enum(['ambiguous', 'erratum', 'derived']);

const taskFields = z.strictObject({
  id: taskId,
  role: id,
  title: text,
  /** How far finishing it once reaches. */
  scope: taskScope,
  kind: taskKind.default('expected'),
  /** Left out: the last day of the activity's month. */
  due: due.optional(),
  /** Ids of the source's items that it covers; left out: its own id; empty for a derived task. */
  sources: z.array(text).optional(),
  /** Facts that must have this value; an unknown fact leaves the task blocked. */
  appliesWhen: z.record(camel, z.boolean()).optional(),
  /** The region whose work it is, where that follows neither from its event nor from what it opens with. */
  region: camel.optional(),
  /** Event type that its doing brings about. Several tasks may share one: the last of them raises it. */
  raises: z.string().optional(),
  /** Its doing alone raises the event, whoever else's does too; the others stay to be done. */
  suffices: z.literal(true).optional(),
  /**
   * The task opens when each region named has reached the state named (or a later one). Left out: a
   * task that raises an event opens when the event is possible, any other once the year is released.
   * A deadline waits for nothing but the release: what its event waits for holds back the event alone.
   */
  opensWhen: z.record(camel, camel).optional(),
  /** An item of the month's meeting: one meeting held settles all of its activity. It raises no event. */
  meeting: z.literal(true).optional(),
  notes: z.array(z.strictObject({ kind: noteKind, text })).default([]),
});

/** One thing that one role has to do. */
export const taskFile = taskFields.transform((task) => ({
  ...task,
  sources: task.sources ?? [task.id],
}));

/** `year/*.yaml`: one month. */
export const monthFile = z.strictObject({
  month: monthNumber,
  activities: z
    .array(
      z.strictObject({
        id,
        title: text,
        topics: z.array(text).default([]),
        /** Titles; their addresses are the year parameter named, set anew each year. */
        resources: z.array(z.strictObject({ title: text, parameter: camel })).default([]),
        tasks: z.array(taskFile).default([]),
      }),
    )
    .min(1),
});

/** What every reminder rule may say. */
const ruleFields = {
  id,
  /** What people read where they switch it off; an optional rule needs it. */
  title: text.optional(),
  /** Whom it tells, by role or by kind of role. Left out: the task's own role. */
  to: z.strictObject({ roles: z.array(id).default([]), kinds: z.array(roleKind).default([]) }),
  /** `atOnce`: in a mail of its own, outside the digest. */
  delivery: z.enum(['digest', 'atOnce']).default('digest'),
  /** People may switch it off for themselves. */
  optional: z.boolean().default(false),
};
const toAnybody = { ...ruleFields, to: ruleFields.to.optional() };
const { to: _, ...toItsRole } = ruleFields;
const kinds = z.array(taskKind).min(1);
const months = z.array(monthNumber).min(1);
const days = z.array(z.int().min(0)).min(1);
const daysAfter = z.array(z.int().min(1)).min(1);
/** Ids of tasks, and event types that stand for the tasks that raise them. */
const named = z.array(text).min(1);

/** `reminders.yaml`: what is told, to whom and when; `src/reminders/occasions.ts` says on which days. */
export const remindersFile = z.strictObject({
  /** Local time from which a day's digests go out. */
  digestAt: timeOfDay,
  /** Local times between which no mail goes out at all; left out: there are none. */
  quietHours: z.strictObject({ from: timeOfDay, until: timeOfDay }).nullable().default(null),
  /** The days on which mail goes out: those that are neither weekend nor holiday, or all. */
  mailDays: z.enum(['working', 'all']).default('working'),
  rules: z
    .array(
      z.discriminatedUnion('when', [
        /**
         * So many days before the day to aim at, else the due date; 0 on the day itself. Where that is no
         * mail day: a threshold of 3 days or fewer on the mail day before, a longer one on the next.
         */
        z.strictObject({
          ...toAnybody,
          when: z.literal('daysBefore'),
          days,
          kinds,
          /** Left out: all of these kinds. */
          tasks: named.optional(),
        }),
        /** So many days after it. */
        z.strictObject({ ...toAnybody, when: z.literal('daysLate'), days: daysAfter, kinds }),
        /** So many working days after a deadline, to others than the one who is late. */
        z.strictObject({ ...ruleFields, when: z.literal('workingDaysLate'), days: daysAfter }),
        /** Once a month: what it asks of the role, and what is still open from earlier. */
        z.strictObject({ ...toItsRole, when: z.literal('monthBegins'), kinds }),
        /** Once in each of these months: tasks of these kinds whose date nobody has set. */
        z.strictObject({ ...ruleFields, when: z.literal('datesUnset'), months, kinds }),
        /** So many days before the last of these months: tasks that are due by the end of the next. */
        z.strictObject({
          ...toAnybody,
          when: z.literal('quarterEnds'),
          months,
          days: z.int().min(0).max(27),
          tasks: named,
        }),
        /**
         * When somebody's address refuses mail: those who are in charge of a place where that person
         * holds a role; where none of them can be told, the others.
         */
        z.strictObject({
          ...ruleFields,
          when: z.literal('addressRefused'),
          otherwise: ruleFields.to,
        }),
        /** When one of these events has happened: the tasks named, once they are open, within a week. */
        z.strictObject({ ...toAnybody, when: z.literal('event'), events: named, tasks: named }),
      ]),
    )
    .min(1),
});

/** `holidays.yaml`: the days besides weekends on which no mail goes out, each by its rule. */
export const holidaysFile = z.strictObject({
  holidays: z.array(
    z.union(
      [
        /** A day of the year; from a weekend it moves to the Friday before or the Monday after. */
        z.strictObject({ title: text, on: monthDay }),
        /** The first such weekday on or after a day of the year. */
        z.strictObject({
          title: text,
          first: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday']),
          from: monthDay,
          /** Left out: every year. */
          years: z.literal('even').optional(),
        }),
      ],
      'is neither "on: { month, day }" nor "first: weekday" with "from: { month, day }"',
    ),
  ),
});

/** `demo.yaml`: invented organizations and people, and how far each school's year has come. */
export const demoFile = z.strictObject({
  /** When the year that holds this month and day is under way, the demonstration stands in it. */
  releasedOn: monthDay,
  districts: z.array(z.strictObject({ code: text, name: text, county: text, city: text })).min(1),
  schools: z
    .array(
      z.strictObject({
        code: text,
        name: text,
        schoolType: text,
        grades: text,
        enrollment: z.int().min(0).nullable(),
        /** Left out: in the directory only. */
        year: z
          .strictObject({
            facts: z.record(camel, z.boolean().nullable()).default({}),
            /** `prompt`: all that is due by now is done; `late`: some of it; `justReleased`; `done`. */
            standing: z.enum(['prompt', 'late', 'justReleased', 'done']),
          })
          .optional(),
      }),
    )
    .min(1),
  /** Each with a contract for every planning year of these districts' schools. */
  vendors: z
    .array(z.strictObject({ code: text, name: text, districts: z.array(text).min(1) }))
    .default([]),
  people: z
    .array(
      z.strictObject({
        name: text,
        email: z.email(),
        assignments: z
          .array(
            z.strictObject({
              role: id,
              organization: z.strictObject({
                /** Never the state: whoever holds a role there is in charge of every real school. */
                kind: z.enum(['district', 'school', 'vendor']),
                code: text,
              }),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

export type ProgramFile = z.infer<typeof programFile>;
export type LabelsFile = z.infer<typeof labelsFile>;
export type MonthFile = z.infer<typeof monthFile>;
export type CalendarTask = z.infer<typeof taskFile>;
export type RemindersFile = z.infer<typeof remindersFile>;
export type ReminderRule = RemindersFile['rules'][number];
export type Holiday = z.infer<typeof holidaysFile>['holidays'][number];
export type DemoFile = z.infer<typeof demoFile>;

/** A program's data, read and checked. */
export interface Pack {
  program: ProgramFile;
  labels: LabelsFile;
  months: MonthFile[];
  reminders: RemindersFile;
  holidays: readonly Holiday[];
  demo: DemoFile | null;
  /** Names the calendar's content: changes with any edit of `year/*.yaml` or `program.yaml`. */
  version: string;
}
