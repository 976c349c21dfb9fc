import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { codes, DISTRICT, OTHER, type Wide, wide, YEAR } from './support.ts';

/** What no planning year could take, or none is there to take, is refused before anything begins. */
let api: Wide;
beforeAll(async () => {
  api = await wide();
});
afterAll(() => api.close());

const LETTER = { type: 'designation.letterReceived' };
const reason = 'Because.';

describe('an act of many is refused, with the place of what is wrong,', () => {
  test.each<[what: string, body: object, pointers: string[]]>([
    ['at an unknown district', { ...LETTER, district: 'nope' }, ['/district']],
    [
      'at unknown schools',
      { ...LETTER, schools: [codes[0], 'x', 'y'] },
      ['/schools/1', '/schools/2'],
    ],
    [
      'at a school of another district',
      { ...LETTER, district: OTHER, schools: [codes[5], codes[0]] },
      ['/schools/1'],
    ],
    ['for an unknown event', { type: 'sip.eaten' }, ['/type']],
    ['for what only time brings', { type: 'qer2.quarterClosed' }, ['/type']],
    ['in the future', { ...LETTER, effectiveOn: '2026-10-16' }, ['/effectiveOn']],
    ['for an unknown region', { type: 'undo', data: { region: 'foo', reason } }, ['/data/region']],
    [
      'for an unknown state',
      { type: 'force', data: { region: 'sip', state: 'foo', reason } },
      ['/data/state'],
    ],
    [
      'for an unknown condition',
      { type: 'correctFact', data: { fact: 'foo', value: true, reason } },
      ['/data/fact'],
    ],
    ['for an unknown task', { type: 'complete', data: { task: 'no/such/1' } }, ['/data/task']],
    ['without a task', { type: 'complete' }, ['/data/task']],
    ['without a reason', { type: 'reopen', data: { task: 'jan-1/principal/2' } }, ['/data/reason']],
    [
      'for an unknown task to reopen',
      { type: 'reopen', data: { task: 'no/such/1', reason } },
      ['/data/task'],
    ],
    [
      'with data for a task that takes none',
      { type: 'complete', data: { task: 'jan-1/principal/2', data: { a: 1 } } },
      ['/data/data'],
    ],
    ['without the data that its event needs', { type: 'sip.completed' }, ['/data']],
    [
      'with an unknown key in that data',
      {
        type: 'sip.completed',
        data: { planHeldElsewhere: true, link: 'https://example.org', foo: 1 },
      },
      ['/data/foo'],
    ],
  ])('%s', async (_, body, pointers) => {
    const before = await api.everything();
    for (const query of ['', '?dryRun=true']) {
      const { errors } = expectProblem(await api.admin.post(`${YEAR}/events${query}`, body), 400);
      expect(errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    }
    expect(await api.everything()).toBe(before);
  });

  test('in a year that nobody has', async () => {
    const none = '/v1/programs/isbe-comprehensive/years/2031-32/events';
    const { errors } = expectProblem(await api.admin.post(none, LETTER), 400);
    expect(errors).toEqual([{ pointer: ':year', detail: expect.any(String) }]);
  });

  test('naming each code, and what is out of reach like what is not there', async () => {
    const coach = api.as(await api.keyFor({ scope: { districts: [DISTRICT] } }));
    const schools = [codes[0]!, codes[5]!, 'x'];
    const { errors } = expectProblem(
      await coach.post(`${YEAR}/events`, { ...LETTER, schools }),
      400,
    );
    const unreached = (code: string) =>
      `names ${code}, which has no active planning year 2026-27 within the reach of your key`;
    expect(errors).toEqual([
      { pointer: '/schools/1', detail: unreached(codes[5]!) },
      { pointer: '/schools/2', detail: unreached('x') },
    ]);
    const district = expectProblem(
      await coach.post(`${YEAR}/events`, { ...LETTER, district: OTHER }),
      400,
    );
    expect(district.errors).toEqual([{ pointer: '/district', detail: unreached(OTHER) }]);
  });

  test('at a school whose year is no longer active', async () => {
    const withdrawn = api.years.get(codes[6]!);
    const url = `/v1/planning-years/${withdrawn}/events`;
    await api.admin.post(url, { type: 'withdraw', data: { reason } }, { 'if-match': '*' });
    const reply = await api.admin.post(`${YEAR}/events`, { ...LETTER, schools: [codes[6]] });
    expectProblem(reply, 400);
    // Who names nobody means all that are active.
    expect((await api.admin.post(`${YEAR}/events`, LETTER)).json().total).toBe(6);
  });
});
