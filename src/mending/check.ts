import type { Context } from '../context.ts';
import type { QuarantinedKind } from '../db/tables.ts';
import type { Check } from '../http/health.ts';
import type { Gauges } from '../http/metrics.ts';
import { countAside, quarantinePage } from '../quarantine/store.ts';

type Ctx = Pick<Context, 'db'>;

/** Most that a warning names; how many more there are is told. */
const NAMED = 10;

/** Tells what is set aside; requests are served all the same. Names ids alone: anybody may ask. */
export const quarantineCheck = ({ db }: Ctx): Check => ({
  name: 'quarantine',
  warnsOnly: true,
  run: async () => {
    const counts = await countAside(db);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    const some = await quarantinePage(db, { after: null, fetch: NAMED });
    const named = some.map(({ kind, subject, remedy }) => `${kind} ${subject} (${remedy})`);
    const more = total > NAMED ? `; and ${total - NAMED} more: GET /v1/quarantine` : '';
    throw new Error(named.join('; ') + more);
  },
});

/** How many of each kind are set aside; 0 is told, too, so that an alarm ends. */
export const quarantineGauge = ({ db }: Ctx): Gauges => ({
  name: 'planning_year_quarantined',
  help: 'Things that cannot be used as they are stored, by kind.',
  label: 'kind',
  read: async () => ({ ...NONE, ...(await countAside(db)) }),
});

const NONE: Record<QuarantinedKind, number> = {
  planningYear: 0,
  person: 0,
  mail: 0,
  job: 0,
  setting: 0,
  row: 0,
};
