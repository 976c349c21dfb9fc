import type { Context } from '../context.ts';
import type { StoredFault } from '../errors.ts';
import { faultOf } from '../planning-years/rebuild.ts';
import { type Aside, quarantinePage, setAside, takeBack } from '../quarantine/store.ts';
import { faultsOfJobs, isJobBroken, mendJob } from './jobs.ts';
import { faultsOfMails, isStillBroken, mendMail } from './mails.ts';
import { faultOfPerson, faultsOfPeople, mendPerson } from './people.ts';
import { mendRows } from './rows.ts';
import { faultsOfSettings, mendSetting } from './settings.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock' | 'log'>;

/**
 * Looks for what nobody comes upon, sets it aside, and takes back what is fit for use again. Done every
 * minute; years are met by those who read and move them.
 */
export async function lookAfterQuarantine(ctx: Ctx): Promise<void> {
  for (const fault of await faultsFound(ctx)) await setAside(ctx, fault);
  for (const aside of await allAside(ctx))
    if (!(await isBroken(ctx, aside))) await takeBack(ctx.db, aside.kind, aside.subject);
}

/**
 * Mends what is set aside, and what is found to be broken, as far as anything tells how; years are
 * rebuilt before.
 *
 * @returns what was done, and what is left
 */
export async function mendQuarantine(ctx: Ctx): Promise<{ mended: string[]; left: Aside[] }> {
  for (const fault of await faultsFound(ctx)) await setAside(ctx, fault);
  const mended = await mendRows(ctx);
  for (const aside of await allAside(ctx)) {
    const { kind, subject } = aside;
    const done = await mendOne(ctx, aside);
    if (done !== null) mended.push(`${kind} ${subject}: ${done}`);
    // What somebody comes upon once more is set aside again.
    if (kind === 'row' || !(await isBroken(ctx, aside))) await takeBack(ctx.db, kind, subject);
  }
  return { mended, left: await allAside(ctx) };
}

const faultsFound = async (ctx: Ctx): Promise<StoredFault[]> => [
  ...(await faultsOfPeople(ctx)),
  ...(await faultsOfMails(ctx)),
  ...(await faultsOfJobs(ctx)),
  ...(await faultsOfSettings(ctx)),
];

const allAside = ({ db }: Ctx): Promise<Aside[]> =>
  quarantinePage(db, { after: null, fetch: MOST });
const MOST = 10_000;

async function isBroken(ctx: Ctx, { kind, subject, metAt }: Aside): Promise<boolean> {
  const { db, clock } = ctx;
  switch (kind) {
    case 'planningYear':
      return (await faultOf(ctx, subject)) !== null;
    case 'person':
      return (await faultOfPerson(ctx, subject)) !== null;
    case 'mail':
      return isStillBroken(db, subject);
    case 'job':
      return isJobBroken(db, subject);
    case 'setting':
      return (await faultsOfSettings(ctx)).some((fault) => fault.subject === subject);
    case 'row':
      // Only its list tells: it is broken as long as that comes upon it.
      return metAt.getTime() > clock.now().getTime() - 10 * 60_000;
    default:
      return kind satisfies never;
  }
}

async function mendOne(ctx: Ctx, { kind, subject }: Aside): Promise<string | null> {
  switch (kind) {
    case 'person':
      return mendPerson(ctx.db, ctx.programs, subject);
    case 'mail':
      return mendMail(ctx.db, subject);
    case 'job':
      return (await isJobBroken(ctx.db, subject)) ? mendJob(ctx, subject) : null;
    case 'setting':
      return mendSetting(ctx, subject);
    case 'planningYear':
    case 'row':
      return null;
    default:
      return kind satisfies never;
  }
}
