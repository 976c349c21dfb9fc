import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import PostalMime from 'postal-mime';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { chronicleOf } from '../../src/simulate/chronicle.ts';
import { figuresOf } from '../../src/simulate/figures.ts';
import type { Late } from '../../src/simulate/options.ts';
import { outcomeOf } from '../../src/simulate/outcome.ts';
import { type Played, playYear } from '../../src/simulate/play.ts';
import { slipBetween } from '../../src/simulate/slip.ts';
import { openStage, type Stage } from '../../src/simulate/stage.ts';
import { historiesOf, ledgerOf } from './support/ledger.ts';
import { expectedReminders } from './support/oracle.ts';

const stages: Stage[] = [];
afterAll(() => Promise.all(stages.map((stage) => stage.close())));

const LATE: Late = { region: 'needsAssessment', days: 21 };
/** Draws a coordinator, a principal and a team that change jobs, each with some weeks between. */
const SEED = 14;

const NOTHING_HELD = { sentLater: 0, dropped: 0, stillHeld: 0 };

/** A play on the test's PostgreSQL, in a database of its own. */
async function play(schools: number, late: Late | null, upTo?: string) {
  const databaseUrl = new URL(process.env.TEST_DATABASE_URL!);
  databaseUrl.pathname = '/postgres';
  const raws: string[] = [];
  const log = pino({ level: 'silent' });
  const keepMail = (raw: string) => raws.push(raw);
  const stage = await openStage({ databaseUrl: databaseUrl.href, log, keepMail });
  stages.push(stage);
  const options = { program: null, year: '2026-27', schools, seed: SEED, late };
  const played = await playYear(stage, options, upTo ? { upTo } : {});
  return { stage, played, raws, chronicle: await chronicleOf(stage, played) };
}

describe('a whole year of three schools', () => {
  let year: Awaited<ReturnType<typeof play>>;
  let slipped: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    [year, slipped] = await Promise.all([play(3, null), play(1, LATE)]);
  });

  test('brings everybody what the calendar and the history of the tasks ask for, once, on its day', async () => {
    const { stage, played } = year;
    const histories = await historiesOf(stage.ctx.db, played);
    const expected = expectedReminders(histories, played.posts, [played.releasedOn, played.until]);
    const ledger = await ledgerOf(stage.ctx.db);
    expect(ledger.sent.length).toBeGreaterThan(200);
    expect(ledger).toEqual(expected);
  });

  test('holds back what nobody is there for, and tells the coordinator', () => {
    const { heldBack } = figuresOf(year.played, year.chronicle);
    expect(Object.values(heldBack).some(({ sentLater }) => sentLater > 0)).toBe(true);
    // The state's post is never vacant: what it got later had waited for a weekend or a holiday.
    expect(heldBack.isbe).toEqual({ ...NOTHING_HELD, restDay: expect.any(Number) });
    const told = year.chronicle.ledger.filter(({ rule }) => rule === 'noRecipient');
    expect(told.filter(({ status }) => status === 'sent').length).toBeGreaterThan(0);
  });

  test('has every person get one digest a day at most, over SMTP, dated by the virtual clock', async () => {
    const { stage, raws } = year;
    const messages = await stage.ctx.db
      .selectFrom('messages as m')
      .innerJoin('people as p', 'p.id', 'm.personId')
      .select(['p.email', 'm.localDate', 'm.mailId', 'm.subject', 'm.status', 'm.kind'])
      .execute();
    expect(messages.filter(({ status }) => status !== 'sent')).toEqual([]);
    const mails = await Promise.all(raws.map((raw) => PostalMime.parse(raw)));
    const got = mails.map(({ messageId, to, date, subject }) =>
      [messageId, to?.[0]?.address, date?.slice(0, 10), subject].join(' '),
    );
    const sent = messages.map((message) =>
      [message.mailId, message.email, message.localDate, message.subject].join(' '),
    );
    expect(got.sort()).toEqual(sent.sort());
    const digests = messages.filter(({ kind }) => kind === 'digest');
    const personsDay = digests.map(({ email, localDate }) => `${email} ${localDate}`);
    expect(new Set(personsDay).size).toBe(personsDay.length);
  });

  test('can be told again from its logs', async () => {
    const { stage, played } = year;
    const rebuilt = await rebuild(stage.ctx);
    expect(rebuilt).toMatchObject({ planningYears: 3, differences: [], broken: [] });
    expect(logged(played)).toBeGreaterThan(200);
  });

  test('sees work returned, moved by hand and passed by, and most of it finished', () => {
    const { regions, schools } = { ...figuresOf(...told()), ...outcomeOf(...told()) };
    expect(schools.done + schools.active).toBe(3);
    const unfinished = regions.reduce((sum, one) => sum + one.unfinished, 0);
    expect(unfinished).toBeLessThan(regions.length / 2);
    expect(regions.some(({ doesNotApply }) => doesNotApply > 0)).toBe(true);
    const byHand = year.chronicle.logs
      .flatMap(({ entries }) => entries)
      .filter(({ type }) => !/^(task|clock|year)\./.test(type));
    expect(byHand.length).toBeGreaterThan(0);
  });

  const told = (): [Played, typeof year.chronicle] => [year.played, year.chronicle];

  test('shows how a slip of one region travels to those that wait for it, and to no other', () => {
    const { played, chronicle } = year;
    const sameSchool = { ...played, years: played.years.slice(0, 1) };
    const without = outcomeOf(sameSchool, chronicle);
    const slip = slipBetween(LATE, without, outcomeOf(slipped.played, slipped.chronicle));
    const later = new Map(slip.regions.map(({ region, daysLater }) => [region, daysLater ?? 99]));
    expect(later.get('needsAssessment')).toBeGreaterThanOrEqual(14);
    expect(later.get('rootCause')).toBeGreaterThan(0);
    expect(later.get('designation')).toBe(0);
    expect(later.get('stakeholderGroup')).toBe(0);
    expect(later.get('planningGrant')).toBe(0);
    expect(slip.deadlines.find(({ dueOn }) => dueOn === '2027-01-31')?.holds).toBe(true);
    const board = slip.boards.find(({ region }) => region === 'sip');
    // Boards meet on the third Tuesday: July 20 is the planning year's last.
    expect(board?.lastThatWorks).toBe('2027-07-20');
    expect(board!.readyWith).toBeLessThanOrEqual(board!.readyWithout);
  });
});

const logged = ({ years }: Played): number =>
  years.reduce((sum, { year }) => sum + year.row.headSeq, 0);

describe('two plays', () => {
  test('of one seed leave the same trace, whatever ids and timing they had', async () => {
    const [one, other] = await Promise.all([
      play(1, null, '2026-11-20'),
      play(1, null, '2026-11-20'),
    ]);
    expect(logged(one.played)).toBeGreaterThan(10);
    expect(one.chronicle.trace).toBe(other.chronicle.trace);
    expect(one.chronicle.mails).toEqual(other.chronicle.mails);
    expect(one.played.years[0]!.year.row.id).not.toBe(other.played.years[0]!.year.row.id);
  });
});
