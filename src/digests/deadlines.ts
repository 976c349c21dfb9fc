import { oneLine } from './lines.ts';
import type { DigestModel, Item, OrganizationDigest } from './model.ts';

/** A date as a calendar program gets it. Dates are `YYYY-MM-DD`. */
export interface Deadline {
  /** Stays the same whatever changes: the task's id. */
  id: string;
  title: string;
  place: string;
  role: string;
  dueOn: string;
  safeBy: string | null;
  /** Rises with every change. */
  version: number;
  /** The moment of its last change, or of the mail that tells it. */
  changedAt: Date;
}

/** The deadlines to come that a digest names, as told at `now`. */
export const deadlinesIn = (model: DigestModel, now: Date): Deadline[] =>
  model.organizations.flatMap((organization) =>
    toCome(organization)
      .filter(isDeadline)
      .map((item) => ({
        id: item.taskId,
        title: oneLine(item.title),
        place: oneLine(organization.name),
        role: oneLine(item.role),
        dueOn: item.dueOn,
        safeBy: item.safeBy,
        version: item.version,
        changedAt: now,
      })),
  );

/** Whether a digest names any. */
export const namesDeadlines = (model: DigestModel): boolean =>
  model.organizations.some((organization) => toCome(organization).some(isDeadline));

const toCome = ({ waitingOnYou, due, month, waiting }: OrganizationDigest): Item[] => [
  ...waitingOnYou.filter(({ as }) => as !== 'late'),
  ...due,
  ...month,
  ...waiting,
];

const isDeadline = (item: Item): item is Item & { dueOn: string } =>
  item.kind === 'deadline' && item.dueOn !== null;
