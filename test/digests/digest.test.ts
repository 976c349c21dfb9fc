import { describe, expect, test } from '@jest/globals';
import { renderDigest } from '../../src/digests/digest.ts';
import { messagesFor } from '../../src/digests/languages.ts';

import type {
  DigestModel,
  HoldUp,
  Item,
  OrganizationDigest,
  OtherEnd,
} from '../../src/digests/model.ts';

const URL = 'https://plans.example.org';
const ON = '2027-01-17';

const item = (change: Partial<Item> = {}): Item => ({
  taskId: '0190',
  title: 'Enter the rubric',
  role: 'Principal',
  own: true,
  kind: 'deadline',
  dueOn: '2027-01-31',
  safeBy: null,
  daysLeft: 14,
  version: 1,
  waitsOn: [],
  ...change,
});
const late = item({ title: 'Send the report', dueOn: '2027-01-14', daysLeft: -3 });
const organization = (change: Partial<OrganizationDigest> = {}): OrganizationDigest => ({
  planningYearId: 'y',
  name: 'Oak High School',
  code: '98-901',
  waitingOnYou: [],
  late: [],
  due: [],
  month: [],
  waiting: [],
  unreached: [],
  ...change,
});
const model = (...organizations: OrganizationDigest[]): DigestModel => ({
  name: 'Ada Example',
  on: ON,
  organizations,
  unset: [],
  refused: [],
  programs: ['Example planning year'],
  roles: ['Principal'],
  unit: 'school',
  agencies: ['the Example State Board'],
  coordinator: null,
  optionalKinds: null,
});
const render = (what: DigestModel, language = 'en') =>
  renderDigest(what, URL, messagesFor(language));

describe('a digest', () => {
  test.each(['en', 'es'])(
    'in %s tells of refused addresses beside the work, each once',
    (language) => {
      const refused = Array.from({ length: 17 }, (_, at) => ({
        ...{
          id: `s${at}`,
          name: `Person ${at}`,
          address: `p${at}@example.org`,
          roles: ['Principal'],
        },
        ...{ reason: 'bounced' as const, said: '550 <No> such user', everywhere: at === 1 },
        places: Array.from({ length: at === 0 ? 7 : 1 }, (__, place) => ({
          ...{ planningYearId: `y${place}`, name: `Place ${place}` },
        })),
      }));
      const digest = render({ ...model(), refused }, language);
      expect(digest.subject).toMatch(/17/);
      expect(digest.text).toContain('Place 4');
      expect(digest.text).not.toContain('Place 5');
      expect(digest.text.match(/Place 0/g)).toHaveLength(1 + 13);
      expect(digest.text).not.toContain('Person 15');
      expect(digest.html).toContain('550 &#60;No&#62; such user');
      expect(digest.html).toContain(`href="${URL}/refused-addresses/s0"`);
    },
  );

  test('tells what is late, due, expected and waiting, by school', () => {
    const digest = render(
      model(
        organization({
          late: [late],
          due: [item({ safeBy: '2027-01-29' })],
          month: [item({ title: 'Hold the meeting', taskId: '0191' })],
          waiting: [item({ title: 'Discuss the findings' })],
          unreached: [{ role: 'Vendor', tasks: 2 }],
        }),
      ),
    );
    expect(digest.subject).toBe('1 late, 1 due soon: Oak High School');
    expect(digest.text).toBe(`Hello Ada Example,

As of Sunday, January 17, 2027, at Oak High School: 1 task is late, 1 is due soon, and 2 are on the list for January.


Oak High School (98-901)
------------------------

Late:
  - Send the report
    was due Thursday, January 14, 2027, 3 days ago
    https://plans.example.org/tasks/0190

Due soon:
  - Enter the rubric
    due Sunday, January 31, 2027, in 14 days; aim for Friday, January 29, 2027
    https://plans.example.org/tasks/0190

Your January tasks:
  - Hold the meeting
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0191

Waiting on others:
  - Discuss the findings
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0190

Roles with no one assigned:
  - Vendor: no one is assigned; 2 tasks wait


-- 
The dates are attached as a calendar file.
You receive this email because you are listed as Principal in Example planning year. At most one of these comes a day.
Not yours? Contact the Example State Board.
Choose which emails you get: https://plans.example.org/me/preferences
`);
  });

  test.each([
    ['Your January tasks: Oak High School', organization({ month: [item()] })],
    [
      'Roles with no one assigned: Oak High School',
      organization({ unreached: [{ role: 'Vendor', tasks: 1 }] }),
    ],
  ])('says in its subject what it is about: %s', (subject, one) => {
    expect(render(model(one)).subject).toBe(subject);
  });

  test('says today, tomorrow and yesterday', () => {
    const days = [0, 1, -1].map((daysLeft) => item({ daysLeft }));
    const { text } = render(model(organization({ due: days })));
    expect(text).toMatch(/, today\n.*, tomorrow\n.*, yesterday\n/s);
  });

  test('calls due soon only what is not due today', () => {
    const [today, tomorrow] = [0, 1].map((daysLeft) => item({ daysLeft, taskId: `d${daysLeft}` }));
    const two = render(model(organization({ due: [today!, today!] })));
    expect(two.subject).toBe('2 due today: Oak High School');
    expect(two.text).toContain('at Oak High School: 2 tasks are due today.');
    expect(two.text).not.toMatch(/due soon/i);
    const both = render(model(organization({ late: [late], due: [tomorrow!, today!] })));
    expect(both.subject).toBe('1 late, 1 due today, 1 due soon: Oak High School');
    expect(both.text).toMatch(
      /Due today:\n[^-]*- [^-]*tasks\/d0\n\nDue soon:\n[^-]*- [^-]*tasks\/d1\n/,
    );
  });

  test('names a day to aim at while it is not past', () => {
    const at = (daysLeft: number) =>
      render(model(organization({ due: [item({ safeBy: '2027-01-29', daysLeft })] }))).text;
    expect(at(3)).toContain('in 3 days; aim for Friday, January 29, 2027\n');
    expect(at(2)).toContain('in 2 days; aim for today\n');
    expect(at(1)).toContain('tomorrow\n');
  });

  test('says of an occasion on which day it is, and that a date is to be announced', () => {
    const items = [item({ kind: 'occasion' }), item({ dueOn: null, daysLeft: null })];
    const { text } = render(model(organization({ month: items })));
    expect(text).toContain('\n    on Sunday, January 31, 2027, in 14 days\n');
    expect(text).toContain('\n    Date to be announced\n');
  });

  test('says whose work each thing is to a person with several roles', () => {
    const two = { ...model(organization({ due: [item()] })), roles: ['Coordinator', 'Principal'] };
    expect(render(two).text).toContain('- Enter the rubric (Principal)\n');
  });

  test('lets no name bring markup into the HTML or a line into a header', () => {
    const nasty = '<img src=x onerror="alert(1)">\r\nBcc: all@example.org';
    const { subject, html, text } = render({
      ...model(organization({ name: nasty, due: [item({ title: nasty })] })),
      name: nasty,
    });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<img');
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62; Bcc');
    expect(text).not.toMatch(/^Bcc/m);
  });

  test('links each thing to its task', () => {
    const { html } = render(model(organization({ due: [item()] })));
    expect(html).toContain('<a href="https://plans.example.org/tasks/0190"');
  });

  test('stays readable with a hundred schools: each thing once, with the schools, then the neediest', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      organization({
        planningYearId: `y${i}`,
        name: `School ${i}`,
        code: `98-${i}`,
        late: i < 40 ? [item({ ...late, taskId: `late-${i}` })] : [],
        due: i === 7 ? [item({ title: 'Only here', taskId: 'one' })] : [],
        month: Array.from({ length: 8 }, (_, m) => item({ title: `Meeting ${m}` })),
      }),
    );
    const { subject, text, html } = render(model(...many));
    expect(subject).toBe('40 late, 1 due soon: 100 schools');
    expect(text).toContain(`Late:
  - Send the report
    was due Thursday, January 14, 2027, 3 days ago; at 40 schools:
    - School 0
      https://plans.example.org/tasks/late-0
`);
    expect(text).toContain('    - and 35 more schools\n');
    expect(text).toContain(`  - Only here
    due Sunday, January 31, 2027, in 14 days; at School 7
    https://plans.example.org/tasks/one
`);
    expect(text).toContain(`  - School 0 (98-0)
    1 late and 8 this month
    https://plans.example.org/planning-years/y0
`);
    expect(text).toContain('  - and 85 more schools\n');
    expect(text.split('\n').length).toBeLessThan(200);
    expect(html.length).toBeLessThan(30_000);
  });

  test('calls the places what they are: districts, or places where programs differ', () => {
    const two = model(
      organization({ code: '1', due: [item()] }),
      organization({ code: '2', due: [item()] }),
    );
    expect(render({ ...two, unit: 'district' }).subject).toBe('2 due soon: 2 districts');
    expect(render({ ...two, unit: 'mixed' }).subject).toBe('2 due soon: 2 places');
  });

  test('says whom an answer reaches, and that an optional mail can be switched off', () => {
    const one = model(organization({ month: [item()] }));
    const coached = render({ ...one, coordinator: 'c', optionalKinds: ['example/month'] }).text;
    expect(coached).toContain('Reply to this email: it reaches your coordinator.');
    expect(coached).toContain('“unsubscribe” in your mail program');
    expect(render(one).text).not.toContain('unsubscribe');
  });
});

describe('what waits', () => {
  const other = (change: Partial<OtherEnd> = {}): OtherEnd => ({
    roles: ['District staff'],
    title: 'Name the team',
    taskId: 'other',
    own: false,
    ...change,
  });
  const holdUp: HoldUp = {
    ...item({ title: 'Facilitate the rubric', taskId: 'first', dueOn: '2027-01-10', daysLeft: -7 }),
    as: 'late',
    holdsUp: [
      other({ title: 'Reach consensus', roles: ['Leadership team'], taskId: 'slt' }),
      other({ title: 'Enter the rubric', roles: ['Principal'], taskId: '0190', own: true }),
    ],
  };

  test('says on whom and for what, with a link', () => {
    const { text, html } = render(
      model(organization({ waiting: [item({ title: 'Review the team', waitsOn: [other()] })] })),
    );
    expect(text).toContain(`Waiting on others:
  - Review the team
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0190
    waits on District staff: Name the team
      https://plans.example.org/tasks/other
`);
    expect(html).toContain(
      'waits on District staff: <a href="https://plans.example.org/tasks/other"',
    );
  });

  test('and says so of a deadline, without a link to what the reader may not see', () => {
    const reason = 'It is not known yet whether this applies: Selected.';
    const waitsOn = [
      other({ taskId: null }),
      other({ roles: ['State Board', 'Coordinator'], title: reason, taskId: null }),
      other({ roles: [], title: 'The quarter has not ended.', taskId: null }),
    ];
    const { text } = render(model(organization({ due: [item({ waitsOn })] })));
    expect(text).toContain(`Due soon:
  - Enter the rubric
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0190
    waits on District staff: Name the team
    waits on State Board and Coordinator: ${reason}
    waits: The quarter has not ended.
`);
  });

  test('on the reader stands first, with whom it holds up, and counts as what it is', () => {
    const { subject, text } = render(model(organization({ waitingOnYou: [holdUp], late: [late] })));
    expect(subject).toBe('2 late: Oak High School');
    expect(text).toContain(`
Waiting on you:
  - Facilitate the rubric
    was due Sunday, January 10, 2027, 7 days ago
    https://plans.example.org/tasks/first
    holds up Leadership team: Reach consensus
      https://plans.example.org/tasks/slt
    holds up your own: Enter the rubric
      https://plans.example.org/tasks/0190

Late:
  - Send the report
`);
  });

  test('at many places is told once, links to no place in particular, and keeps apart what waits for other things', () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      organization({
        code: `98-${i}`,
        name: `School ${i}`,
        waitingOnYou: [{ ...holdUp, taskId: `first-${i}` }],
        waiting: [item({ title: 'Review the team', waitsOn: i < 4 ? [other()] : [] })],
      }),
    );
    const { subject, text } = render(model(...many));
    expect(subject).toBe('9 late: 9 schools');
    expect(text.indexOf('Waiting on you')).toBeLessThan(text.indexOf('Waiting on others'));
    expect(text).toContain(`    was due Sunday, January 10, 2027, 7 days ago; at 9 schools:
    - School 0
      https://plans.example.org/tasks/first-0
`);
    expect(text).toContain(
      '    - and 4 more schools\n    holds up Leadership team: Reach consensus\n',
    );
    expect(text).toMatch(/at 4 schools:\n(?: .*\n)*? {4}waits on District staff: Name the team\n/);
    expect(text.match(/waits on/g)).toHaveLength(1);
  });
});

describe('what is late of others', () => {
  const others = (role: string, count: number) =>
    Array.from({ length: count }, (_, i) =>
      item({ ...late, title: `${role} thing ${i}`, taskId: `${role}-${i}`, role, own: false }),
    );

  test('is one line a role at each school of a few, with every thing named and linked', () => {
    const coach = {
      ...model(organization({ late: [late, ...others('Vendor', 1), ...others('Team', 30)] })),
      roles: ['Principal'],
    };
    const { subject, text, html } = render(coach);
    expect(subject).toBe('32 late: Oak High School');
    expect(text).toContain(`Late:
  - Send the report
    was due Thursday, January 14, 2027, 3 days ago
    https://plans.example.org/tasks/0190
  - Vendor, 1 late:
    - Vendor thing 0 (was due January 14)
      https://plans.example.org/tasks/Vendor-0
  - Team, 30 late:
    - Team thing 0 (was due January 14)
`);
    expect(text).toContain('- Team thing 29 (was due January 14)\n');
    expect(html).toContain('Team, 30 late:<br>');
  });

  test('is each thing once at nine schools, and no name of sixty is hidden, nor ever a deadline', () => {
    const latest = item({ ...late, title: 'Approve the plan', dueOn: '2027-01-16', daysLeft: -1 });
    const nine = Array.from({ length: 9 }, (_, i) => {
      const things = others('Team', 59 + (i % 2)).map((thing) => ({
        ...thing,
        kind: 'expected' as const,
      }));
      return organization({ code: `98-${i}`, name: `School ${i}`, late: [...things, latest] });
    });
    const { subject, text, html } = render(model(...nine));
    expect(subject).toBe(`${9 * 60 + 4} late: 9 schools`);
    expect(text).toContain('Late:\n  - Approve the plan\n    was due Saturday, January 16, 2027');
    for (let at = 0; at < 59; at++) expect(text).toContain(`  - Team thing ${at} (Team)\n`);
    expect(text).not.toContain('Team thing 59');
    expect(text).toContain('  - and 1 more\n');
    expect(html.length).toBeLessThan(100_000);
  });
});

describe('dates that nobody has set', () => {
  const unset = (places: number) => ({
    title: 'Attend the conference',
    role: 'Principal',
    parameter: 'Annual Conference',
    places: Array.from({ length: places }, (_, i) => ({
      ...{ taskId: `t${i}`, planningYearId: `y${i}`, name: `School ${i}`, code: `98-${i}` },
    })),
  });

  test('are told once each, with what sets them and at how many places', () => {
    const state = { ...model(), roles: ['State Board'] };
    const { subject, text } = render({ ...state, unset: [unset(304), unset(1)] });
    expect(subject).toBe('2 dates not set yet: 304 schools');
    expect(text).toContain('2 tasks at 304 schools have no date yet.');
    expect(text).toContain(`Dates not set yet:
  - Attend the conference (Principal)
    Set this year’s date under parameters: Annual Conference; at 304 schools
  - Attend the conference (Principal)
    Set this year’s date under parameters: Annual Conference; at School 0
    https://plans.example.org/tasks/t0
`);
  });

  test('stand before the work of a digest that holds both', () => {
    const both = { ...model(organization({ due: [item()] })), unset: [unset(2)] };
    const { subject, text } = render(both);
    expect(subject).toBe('1 due soon: Oak High School');
    expect(text.indexOf('Dates not set yet')).toBeLessThan(text.indexOf('Due soon'));
  });
});

describe('in Spanish', () => {
  test('dates, plurals and sentences follow the language; titles stay as the calendar has them', () => {
    const { subject, text, html } = render(
      model(
        organization({
          late: [late],
          due: [item(), item({ safeBy: '2027-01-29', daysLeft: 13 })],
          unreached: [{ role: 'Vendor', tasks: 2 }],
        }),
      ),
      'es',
    );
    expect(subject).toBe('1 atrasada, 2 por vencer: Oak High School');
    expect(text).toContain(
      'Al domingo, 17 de enero de 2027, en Oak High School: 1 tarea atrasada y 2 por vencer.',
    );
    expect(text).toContain('venció el jueves, 14 de enero de 2027, hace 3 días');
    expect(text).toContain(
      'vence el domingo, 31 de enero de 2027, dentro de 13 días; procure terminar el viernes, 29 de enero de 2027',
    );
    expect(html).toContain('<html lang="es">');
  });

  test.each([2, 30])('no sentence is left in English, with %i schools', (schools) => {
    const end: OtherEnd = { roles: ['Vendor'], title: 'Vendor', taskId: null, own: false };
    const all = model(
      ...Array.from({ length: schools }, (_, i) =>
        organization({
          code: `${i}`,
          waitingOnYou: [
            { ...item(), as: 'due', holdsUp: [end, { ...end, own: true, title: 'X' }] },
          ],
          late: [late, item({ daysLeft: -1 }), item({ ...late, own: false, role: 'Vendor' })],
          due: [
            item({ safeBy: '2027-01-29' }),
            item({ dueOn: null, daysLeft: null }),
            item({ daysLeft: 0 }),
            item({ daysLeft: 2, safeBy: '2027-01-29' }),
            item({ kind: 'occasion' }),
          ],
          month: Array.from({ length: 70 }, (_, m) => item({ title: `${m}` })),
          waiting: [
            item({ waitsOn: [end] }),
            item({ waitsOn: Array.from('12345', (title) => ({ ...end, title, roles: [] })) }),
            item({ waitsOn: [{ ...end, own: true }] }),
            item({ kind: 'occasion', daysLeft: -2 }),
          ],
          unreached: [{ role: 'Vendor', tasks: 1 }],
        }),
      ),
    );
    const places = [{ taskId: 't', planningYearId: 'y', name: 'Oak High School', code: '1' }];
    const unset = [
      { title: 'X', role: 'Vendor', parameter: null, places },
      { title: 'X', role: 'Vendor', parameter: 'Vendor', places: [...places, ...places] },
    ];
    const english =
      /\b(the|is|are|due|late|and|you|your|more|school|schools|task|tasks|waits|holds|at|this|mail|email|on|no one)\b/i;
    const names =
      /Oak High School|Send the report|Enter the rubric|the Example State Board|https:\S+/g;
    for (const coordinator of [null, 'c'])
      for (const organizations of [all.organizations, []]) {
        const whole = { ...all, organizations, unset, coordinator, optionalKinds: ['x'] };
        const { subject, text } = render(whole, 'es');
        expect(`${subject}\n${text}`.replaceAll(names, '').match(english)).toBeNull();
      }
  });

  test('somebody without a language reads English', () => {
    expect(messagesFor(null).language).toBe('en');
    expect(messagesFor('toString').language).toBe('en');
  });
});
