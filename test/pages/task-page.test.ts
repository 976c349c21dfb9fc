import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runJob } from '../../src/jobs/run.ts';
import type { Browser } from '../sign-in/support/browser.ts';
import { DISTRICT } from '../support/years.ts';
import { type School, school, type TaskOfApi, textOf } from './support/school.ts';

let at: School;
let principal: Browser;
let district: Browser;
let team: Browser;
let state: Browser;

beforeAll(async () => {
  at = await school();
  const agency = at.app.ctx.programs.all[0]!.pack.program.agency.code;
  principal = await at.enter('Pat Principal', 'principal');
  team = await at.enter('Tim Team', 'slt');
  district = await at.enter('Dana District', 'district', { kind: 'district', code: DISTRICT });
  state = await at.enter('Sam State', 'isbe', { kind: 'state', code: agency });
});
afterAll(() => at.app.close());

const ANY = { 'if-match': '*' };
const logOf = async (year = at.year) =>
  (await at.app.admin.get(`/v1/planning-years/${year}/events?limit=1000`)).json().data as {
    type: string;
    settledTasks: string[];
  }[];

/** An open task of a role that moves nothing and belongs to no meeting; asked for again if need be. */
async function plain(role: string): Promise<TaskOfApi> {
  const all = await at.tasks(`role=${role}`);
  const { months } = at.app.ctx.programs.all[0]!.pack;
  const meetings = new Set(
    months.flatMap(({ activities }) =>
      activities.flatMap(({ tasks }) => tasks.filter(({ meeting }) => meeting).map(({ id }) => id)),
    ),
  );
  const task = all.find(
    ({ raises, scope, sources, status }) =>
      raises === null &&
      scope === 'school' &&
      !sources.some((id) => meetings.has(id)) &&
      (status === 'open' || status === 'done'),
  )!;
  if (task.status === 'done') await at.app.admin.post(`/v1/tasks/${task.id}/reopen`, {}, ANY);
  return at.task(task.id);
}

const open = (who: Browser, id: string) => who.get(`/tasks/${id}`);

describe('the page of a task', () => {
  test('tells what it is, for whom and until when, and offers what its reader may do', async () => {
    const task = await plain('principal');
    const page = await open(principal, task.id);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(`<h1>`);
    const text = textOf(page.body);
    for (const told of [`Example ${at.code}, 2026-27`, 'Late.', 'Was due', 'Whose task Principal'])
      expect(text).toContain(told);
    expect(page.body).toContain('>Mark it done</button>');
    expect(page.body).toContain('>Add the note</button>');
    const others = await open(district, task.id);
    expect(others.body).not.toContain('>Mark it done</button>');
    expect(others.body).toContain('>Add the note</button>');
  });

  test('tells why it waits, and leads to the task that would help', async () => {
    const [waiting] = await at.tasks('role=principal&status=blocked');
    const { blockedBy } = (await at.app.admin.get(`/v1/tasks/${waiting!.id}`)).json();
    const page = (await open(principal, waiting!.id)).body;
    expect(textOf(page)).toContain('Waiting.');
    expect(textOf(page)).toContain(blockedBy[0].reason);
    expect(page).not.toContain('>Mark it done</button>');
    for (const { task } of blockedBy) if (task) expect(page).toContain(`href="/tasks/${task}"`);
  });

  test('offers a deadline whatever its event waits for, and tells what that is', async () => {
    const task = (await at.tasks('role=principal&kind=deadline')).find(
      ({ raises }) => raises === 'iqfsr.enteredInIwas',
    )!;
    const { blockedBy } = (await at.app.admin.get(`/v1/tasks/${task.id}`)).json();
    const page = await open(principal, task.id);
    expect(page.body).toContain('>Mark it done</button>');
    expect(textOf(page.body)).toContain('What still waits');
    expect(textOf(page.body)).toContain(blockedBy[0].reason);
    expect(textOf(page.body)).not.toContain('Waiting.');
  });

  test('says what to look into before it is done', async () => {
    const task = (await at.tasks('role=district&kind=deadline')).find(
      ({ raises }) => raises === 'qer2.submitted',
    )!;
    const page = textOf((await open(district, task.id)).body);
    expect(page).toContain('Please check: No approval of the planning grant is on record.');
  });

  test('says that it is late, and how late', async () => {
    const task = (await at.tasks('role=principal&overdue=true'))[0]!;
    expect(textOf((await open(principal, task.id)).body)).toMatch(
      /Late\. Was due .*, \d+ days ago/,
    );
  });

  test('shows the addresses that the year has set, and says where one is not set', async () => {
    const { months, program } = at.app.ctx.programs.all[0]!.pack;
    const activity = months
      .flatMap(({ activities }) => activities)
      .find(
        ({ resources, tasks }) =>
          resources.length > 0 && tasks.some(({ role }) => role === 'principal'),
      )!;
    const { parameter, title } = activity.resources[0]!;
    const task = (await at.tasks('role=principal')).find((one) => one.activity === activity.id)!;
    expect(textOf((await open(principal, task.id)).body)).toContain('its address has not been set');
    const reply = await at.app.app.inject({
      ...({ method: 'PUT', url: `/v1/programs/${program.id}/years/2026-27/parameters` } as const),
      headers: { authorization: `Bearer ${at.app.adminKey}`, ...ANY },
      payload: { program: { [parameter]: 'https://guide.example.org/a?b=1&c=2' }, districts: {} },
    });
    expect(reply.statusCode).toBe(200);
    const page = (await open(principal, task.id)).body;
    expect(page).toContain('href="https://guide.example.org/a?b=1&#38;c=2"');
    expect(textOf(page)).toContain(title.slice(0, 10));
  });

  test('is not there for whoever is elsewhere, as one that does not exist', async () => {
    const elsewhere = await at.enter('El Sewhere', 'principal', {
      kind: 'school',
      code: `${DISTRICT}-0001`,
    });
    const task = await plain('principal');
    const hidden = await open(elsewhere, task.id);
    const nothing = await open(elsewhere, '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071');
    expect(hidden.statusCode).toBe(404);
    expect(nothing.statusCode).toBe(404);
    // They differ in the way back alone, which holds the address that was asked for.
    const [a, b] = [hidden, nothing].map(({ body }) => body.replace(/to=[^"]*/, ''));
    expect(a).toBe(b);
  });

  test('takes parameters that mail programs add, and opens to no key', async () => {
    const task = await plain('principal');
    const page = await principal.get(`/tasks/${task.id}?utm_source=mail&said=whatever`);
    expect(page.statusCode).toBe(200);
    expect((await at.app.admin.get(`/tasks/${task.id}`)).statusCode).toBe(401);
  });

  test('can’t be made to tell of what was not done', async () => {
    const task = await plain('principal');
    const page = await principal.get(`/tasks/${task.id}?said=done`);
    expect(page.body).not.toContain('role="status"');
  });
});

describe('marking a task done', () => {
  test('keeps day, note and evidence, as the API does, and says so', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    const reply = await principal.submit(`/tasks/${task.id}/complete`, {
      ...{ effectiveOn: '2026-11-09', note: 'Met.\r\nAll there.' },
      ...{ linkUrl: ' https://files.example.org/minutes ', linkTitle: 'Minutes' },
    });
    expect([reply.statusCode, reply.headers.location]).toEqual([
      303,
      `/tasks/${task.id}?said=done`,
    ]);
    expect(await at.task(task.id)).toMatchObject({
      status: 'done',
      settled: {
        by: { role: 'principal' },
        effectiveOn: '2026-11-09',
        note: 'Met.\nAll there.',
        evidence: [{ title: 'Minutes', url: 'https://files.example.org/minutes' }],
      },
    });
    const page = (await principal.get(String(reply.headers.location))).body;
    expect(page).toContain('<p class="success" role="status">It is marked done.</p>');
    expect(textOf(page)).toContain('Done on Monday, November 9, 2026; recorded Nov 16');
    expect(textOf(page)).toContain('by you.');
    expect(page).toContain(
      '<a href="https://files.example.org/minutes" rel="noopener noreferrer">',
    );
  });

  test('twice with the same form counts once, and is answered alike', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    const before = (await logOf()).length;
    const twin = principal.copy();
    const replies = await Promise.all(
      [principal, twin].map((each) => each.submit(`/tasks/${task.id}/complete`, { note: 'Once.' })),
    );
    const again = await twin.submit(`/tasks/${task.id}/complete`, { note: 'Once.' });
    for (const reply of [...replies, again])
      expect([reply.statusCode, reply.headers.location]).toEqual([
        303,
        `/tasks/${task.id}?said=done`,
      ]);
    expect((await logOf()).length).toBe(before + 1);
  });

  test('of one that somebody else has done meanwhile is told, and what was typed is kept as a note', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    await at.app.admin.post(`/v1/tasks/${task.id}/complete`, {}, ANY);
    const before = (await logOf()).length;
    const reply = await principal.submit(`/tasks/${task.id}/complete`, { note: 'My <words>' });
    expect(reply.statusCode).toBe(412);
    expect(textOf(reply.body)).toContain('what it is about has changed since you opened the page');
    expect(reply.body).toMatch(/<textarea id="notes-text"[^>]*>\nMy &#60;words&#62;<\/textarea>/);
    expect((await logOf()).length).toBe(before);
    await principal.submit(`/tasks/${task.id}/notes`, { text: 'My <words>' });
    expect((await open(principal, task.id)).body).toContain('My &#60;words&#62;');
  });

  test('of one that waits is refused with the reason', async () => {
    const [waiting] = await at.tasks('role=principal&status=blocked');
    const ready = await plain('principal');
    await open(principal, ready.id);
    const reply = await at.app.app.inject({
      ...({ method: 'POST', url: `/tasks/${waiting!.id}/complete` } as const),
      headers: {
        ...{ accept: 'text/html', origin: 'http://localhost:3000' },
        'content-type': 'application/x-www-form-urlencoded',
        cookie: `session=${principal.cookies.get('session')}`,
      },
      payload: new URLSearchParams({
        ...{ proof: principal.proof(), once: 'x'.repeat(43), note: 'Early' },
        version: String(waiting!.version),
      }).toString(),
    });
    expect(reply.statusCode).toBe(409);
    expect(textOf(reply.body)).toContain('cannot be done yet');
    expect(reply.body).toContain('Early');
  });

  test.each([
    [{ linkUrl: 'javascript:alert(1)' }, 'linkUrl', 'must be an http or https address'],
    [{ linkTitle: 'No address' }, 'linkUrl', 'must be an http or https address'],
    [{ effectiveOn: '2026-11-17' }, 'effectiveOn', 'This must be 2026-11-16 or earlier.'],
    [{ effectiveOn: 'soon' }, 'effectiveOn', 'must be a date'],
  ])('with %j is refused at the field, and nothing typed is lost', async (wrong, field, told) => {
    const task = await plain('principal');
    await open(principal, task.id);
    const typed = { note: 'Long thoughts', ...wrong };
    const reply = await principal.submit(`/tasks/${task.id}/complete`, typed);
    expect(reply.statusCode).toBe(400);
    expect(reply.body).toMatch(new RegExp(`name="${field}"[^>]* aria-invalid="true"`));
    expect(textOf(reply.body)).toContain(told);
    for (const text of Object.values(typed)) expect(reply.body).toContain(text);
    expect((await at.task(task.id)).status).toBe('open');
  });

  test('takes a note as long as its writer counts it, whose lines the browser ends with two characters', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    const lines = `${'x'.repeat(38)}\r\n`.repeat(102);
    const note = `${lines}${'y'.repeat(3_999 - 39 * 102)}`;
    const reply = await principal.submit(`/tasks/${task.id}/notes`, { text: note });
    expect(reply.statusCode).toBe(303);
    const long = await principal.submit(`/tasks/${task.id}/notes`, { text: `${note}yy` });
    expect(textOf(long.body)).toContain('This must have at most 4000 characters.');
  });

  test('tells that a link is too long, and not that it is none', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    const linkUrl = `https://example.org/${'x'.repeat(1_981)}`;
    const reply = await principal.submit(`/tasks/${task.id}/complete`, { linkUrl });
    expect(textOf(reply.body)).toContain('This must have at most 2000 characters.');
    expect(textOf(reply.body)).not.toContain('must be an http');
  });

  test('of long ago is told whose it is', async () => {
    const task = await plain('principal');
    await open(principal, task.id);
    const reply = await principal.submit(`/tasks/${task.id}/complete`, {
      effectiveOn: '2026-10-15',
    });
    expect(reply.statusCode).toBe(403);
    const told = textOf(reply.body);
    expect(told).toContain('for a coordinator or the state to record. Ask your coordinator');
    expect(told).not.toContain('leave the date out');
  });

  test('for a whole district is carried to its other schools', async () => {
    const task = (await at.tasks('role=district&status=open')).find(
      ({ scope, raises }) => scope === 'district' && raises === null,
    )!;
    const page = await open(district, task.id);
    expect(textOf(page.body)).toContain('1 other school of the district will be marked done, too.');
    const reply = await district.submit(`/tasks/${task.id}/complete`);
    expect(reply.headers.location).toBe(`/tasks/${task.id}?said=carried`);
    expect(at.app.jobs.at(-1)?.name).toBe('run-job');
  });

  test('asks for what its event needs', async () => {
    const { program } = at.app.ctx.programs.all[0]!.pack;
    const forced = { region: 'rootCause', state: 'prioritiesNamed', reason: 'For this test.' };
    const events = `/v1/planning-years/${at.year}/events`;
    const reply = await at.app.admin.post(events, { type: 'force', data: forced }, ANY);
    expect([program.id, reply.statusCode]).toEqual([program.id, 201]);
    const task = (await at.tasks('role=principal')).find(
      ({ raises }) => raises === 'sip.completed',
    )!;
    const page = await open(principal, task.id);
    expect(page.body).toMatch(/<input type="checkbox" id="complete-data.planHeldElsewhere"/);
    const empty = await principal.submit(`/tasks/${task.id}/complete`);
    expect(empty.statusCode).toBe(400);
    expect(empty.body).toMatch(/name="data.link"[^>]* aria-invalid="true"/);
    const sent = await principal.submit(`/tasks/${task.id}/complete`, {
      ...{ 'data.planHeldElsewhere': 'on', 'data.link': 'https://plans.example.org/sip' },
    });
    expect(sent.statusCode).toBe(303);
    const year = (await at.app.admin.get(`/v1/planning-years/${at.year}`)).json();
    expect(year.regions.sip.state).toBe('complete');
  });
});

describe('taking a tick back', () => {
  test('of one’s own that moved nothing is done, and the page is open again', async () => {
    const task = await plain('slt');
    await open(team, task.id);
    await team.submit(`/tasks/${task.id}/complete`);
    await open(team, task.id);
    const reply = await team.submit(`/tasks/${task.id}/reopen`, { reason: 'Ticked by mistake.' });
    expect(reply.headers.location).toBe(`/tasks/${task.id}?said=back`);
    expect((await at.task(task.id)).status).toBe('open');
    expect(textOf((await team.get(String(reply.headers.location))).body)).toContain(
      'It is taken back.',
    );
  });

  test('of a task for the whole district is done at all its schools, or here alone, and says which', async () => {
    const { app } = at;
    const { title } = (await at.tasks('role=district&status=open')).find(
      ({ scope, raises }) => scope === 'district' && raises === null,
    )!;
    const twins = async (): Promise<TaskOfApi[]> =>
      (await app.admin.get('/v1/tasks?role=district&limit=1000'))
        .json()
        .data.filter((task: TaskOfApi) => task.title === title);
    const statuses = async () => (await twins()).map(({ status }) => status);
    const run = async () => {
      const { jobId } = app.jobs.at(-1)!.payload as { jobId: string };
      await runJob(app.ctx, jobId);
    };
    const [{ id }] = (await twins()) as [TaskOfApi];
    const completeAll = async () => {
      await open(district, id);
      await district.submit(`/tasks/${id}/complete`);
      await run();
      expect(await statuses()).toEqual(['done', 'done']);
    };
    await completeAll();
    const page = (await open(district, id)).body;
    expect(textOf(page)).toContain('Take it back at 1 other school, too');
    expect(page).toMatch(/name="everywhere"[^>]* checked/);
    const all = await district.submit(`/tasks/${id}/reopen`, { everywhere: 'on' });
    expect(all.headers.location).toBe(`/tasks/${id}?said=backEverywhere`);
    await run();
    expect(await statuses()).toEqual(['open', 'open']);
    await completeAll();
    await open(district, id);
    const here = await district.submit(`/tasks/${id}/reopen`);
    expect(here.headers.location).toBe(`/tasks/${id}?said=backHere`);
    expect((await statuses()).toSorted()).toEqual(['done', 'open']);
    expect(textOf((await district.get(String(here.headers.location))).body)).toContain(
      'taken back at this school alone',
    );
  });

  test('is told of no school that its reader does not reach', async () => {
    const [task] = (await at.tasks('role=district&status=open')).filter(
      ({ scope }) => scope === 'district',
    );
    const place = { kind: 'school' as const, code: at.code };
    const narrow = await at.enter('Nan Narrow', 'district', place);
    expect(textOf((await open(narrow, task!.id)).body)).not.toContain('other school');
  });

  test('is offered as far as the door would let it pass, and else the reason is told', async () => {
    const letters = (await at.tasks('')).filter(
      ({ raises }) => raises === 'designation.letterReceived',
    );
    for (const { id, status } of letters)
      if (status === 'open') await at.app.admin.post(`/v1/tasks/${id}/complete`, {}, ANY);
    at.app.clock.advance({ hours: 25 });
    const { id } = letters.find(({ role }) => role === 'principal')!;
    const theirs = await at.enter('Pia Principal', 'principal');
    const page = await open(theirs, id);
    expect(page.body).not.toContain('>Take it back</button>');
    expect(textOf(page.body)).toContain('It can’t be taken back here.');
    at.app.clock.advance({ hours: -25 });
    expect((await open(state, id)).body).toContain('>Take it back</button>');
  });
});

describe('who did it', () => {
  test('is told by name only to whoever may know of the person', async () => {
    const task = await plain('slt');
    await open(team, task.id);
    await team.submit(`/tasks/${task.id}/complete`, { note: 'By the team.' });
    expect(textOf((await open(principal, task.id)).body)).toContain(
      'by Tim Team (School leadership team)',
    );
    const coach = await at.enter('Cory Coach', 'coordinator');
    const told = textOf((await open(coach, task.id)).body);
    expect(told).toContain('by School leadership team.');
    expect(told).not.toContain('Tim Team');
  });
});
