import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from '../sign-in/support/browser.ts';
import { type School, school, textOf } from './support/school.ts';

/** What the own page and the school's page tell of deadlines that wait, and of days that are over. */

const IQFSR = 'Enter the IQFSR results in IWAS';

let at: School;
let principal: Browser;
let occasions: { id: string; title: string }[];

beforeAll(async () => {
  at = await school();
  occasions = await at.tasks('role=principal&kind=occasion');
  for (const { id } of occasions)
    await at.app.admin.post(
      `/v1/tasks/${id}/extend`,
      { dueOn: '2026-12-01', reason: 'This is its day.' },
      { 'if-match': '*' },
    );
});
afterAll(() => at.app.close());

const own = async () => textOf((await principal.get('/me')).body);
const ofYear = async () => {
  const text = textOf((await principal.get(`/planning-years/${at.year}`)).body);
  return text.slice(text.indexOf('What is open for you'), text.indexOf('Where it stands'));
};

test('a day on which people come together is told as such, and is over with it', async () => {
  principal = await at.enter('Pat Principal', 'principal');
  expect(occasions.length).toBeGreaterThan(1);
  expect(await own()).toContain('Tuesday, December 1, 2026');
  expect(await own()).not.toContain('Was on');
  for (const { title } of occasions)
    expect(await ofYear()).toContain(`${title} Open, on Tuesday, December 1, 2026`);
  at.app.clock.set('2026-12-15T15:00:00Z');
  principal = await at.enter('Una Principal', 'principal');
  const [, onThatDay = ''] = /Was on Tuesday, December 1, 2026 (.*?) \w+day, /.exec(await own())!;
  for (const { title } of occasions) {
    expect(onThatDay).toContain(title);
    expect(await ofYear()).toContain(`${title} Open, was on Tuesday, December 1, 2026`);
  }
  expect(await own()).not.toContain('Late: Tuesday, December 1, 2026');
});

test('a deadline stands there although it waits, and is late after its date', async () => {
  const reason = 'The designation has to be released anew.';
  const forced = await at.app.admin.post(
    `/v1/planning-years/${at.year}/events`,
    { type: 'force', data: { region: 'designation', state: 'awaiting', reason } },
    { 'if-match': '*' },
  );
  expect(forced.statusCode).toBe(201);
  const [deadline] = await at.tasks('role=principal&kind=deadline&dueTo=2027-01-31');
  expect(deadline).toMatchObject({ status: 'blocked', title: expect.stringContaining(IQFSR) });
  const { title } = deadline!;
  const waiting = new RegExp(
    `Sunday, January 31, 2027 ${literal(title)} , Example [\\d-]+ \\(waiting\\)`,
  );
  expect(await own()).toMatch(waiting);
  expect(await own()).not.toContain('Late: Sunday');
  expect(await ofYear()).toContain(`${title} Waiting, due Sunday, January 31, 2027`);
  // What is no deadline is not theirs yet.
  const [expected] = await at.tasks('role=principal&kind=expected&status=blocked');
  expect(await own()).not.toContain(expected!.title);
  at.app.clock.set('2027-02-01T15:00:00Z');
  principal = await at.enter('Vic Principal', 'principal');
  expect(await own()).toMatch(new RegExp(`Late: ${waiting.source}`));
  expect(await ofYear()).toContain(`${title} Late, was due Sunday, January 31, 2027`);
});

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
