import type { StoredFault } from '../errors.ts';

/** What a job's row has to hold so that it can be worked on and told. */
interface JobRow {
  id: string;
  actor: unknown;
  command: unknown;
  total: number;
  createdAt: Date;
  finishedAt: Date | null;
}

/** What keeps a job from being worked on; null: nothing. */
export function faultOfJob(row: Partial<JobRow> & { id: string }): StoredFault | null {
  const wrong = Object.entries(CHECKS).flatMap(([column, isRight]) =>
    column in row && !isRight(row[column as keyof JobRow]) ? [column] : [],
  );
  if (wrong.length === 0) return null;
  return { kind: 'job', subject: row.id, reason: `It holds what can't be (${wrong.join(', ')}).` };
}

const CHECKS: Record<string, (value: unknown) => boolean> = {
  actor: (actor) => {
    const { id, grants } = (actor ?? {}) as { id?: unknown; grants?: unknown };
    return typeof id === 'string' && Array.isArray(grants) && grants.every(isGrant);
  },
  command: (command) => KINDS.includes(String((command as { kind?: unknown } | null)?.kind)),
  total: (total) => Number(total) >= 0,
  createdAt: (at) => at instanceof Date,
  finishedAt: (at) => at === null || at instanceof Date,
};

const KINDS = ['event', 'through', 'complete', 'reopen', 'correct', 'note', 'contact', 'meeting'];

const isGrant = (grant: unknown): boolean => {
  const { kind, role, scope } = (grant ?? {}) as Record<string, unknown>;
  return (
    typeof kind === 'string' &&
    typeof role === 'string' &&
    typeof scope === 'object' &&
    scope !== null
  );
};
