import { describe, expect, test } from '@jest/globals';
import { renderDigest } from '../../src/digests/digest.ts';
import { messagesFor } from '../../src/digests/languages.ts';

import type { DigestModel, Item, OrganizationDigest } from '../../src/digests/model.ts';

const URL = 'https://plans.example.org';
const ON = '2027-01-17';

const item = (change: Partial<Item> = {}): Item => ({
  taskId: '0190',
  title: 'Enter the rubric',
  role: 'Principal',
  kind: 'deadline',
  dueOn: '2027-01-31',
  safeBy: null,
  daysLeft: 14,
  version: 1,
  ...change,
});
const late = item({ title: 'Send the report', dueOn: '2027-01-14', daysLeft: -3 });
const organization = (change: Partial<OrganizationDigest> = {}): OrganizationDigest => ({
  planningYearId: 'y',
  name: 'Oak High School',
  code: '98-901',
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
        ...{ said: '550 <No> such user', everywhere: at === 1 },
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

As of Sunday, January 17, 2027: at Oak High School, 1 thing is late, 1 thing is due soon, and January expects 2 more.


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

Expected in January:
  - Hold the meeting
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0191

Waiting on others:
  - Discuss the findings
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/tasks/0190

Mail that would reach nobody:
  - Vendor: nobody holds this role; 2 things wait for somebody to be assigned


-- 
The dates are attached as a calendar file.
You get this mail because you are registered as Principal in: Example planning year. What is due comes in one mail a day at most.
If this is not your work, please tell: the Example State Board.
`);
  });

  test.each([
    ['What January expects: Oak High School', organization({ month: [item()] })],
    [
      'Mail that would reach nobody: Oak High School',
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
    1 late and 8 expected this month
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
    expect(coached).toContain('Answer this mail: it reaches your coordinator.');
    expect(coached).toContain('“unsubscribe” in your mail program');
    expect(render(one).text).not.toContain('unsubscribe');
  });
});

describe('in Spanish', () => {
  test('dates, plurals and sentences follow the language; titles stay as the calendar has them', () => {
    const { subject, text, html } = render(
      model(
        organization({
          late: [late],
          due: [item(), item({ safeBy: '2027-01-29', daysLeft: 1 })],
          unreached: [{ role: 'Vendor', tasks: 2 }],
        }),
      ),
      'es',
    );
    expect(subject).toBe('1 atrasada, 2 por vencer: Oak High School');
    expect(text).toContain(
      'Al domingo, 17 de enero de 2027, en Oak High School: 1 tarea atrasada y 2 tareas por vencer.',
    );
    expect(text).toContain('venció el jueves, 14 de enero de 2027, hace 3 días');
    expect(text).toContain('vence el domingo, 31 de enero de 2027, mañana');
    expect(html).toContain('<html lang="es">');
  });

  test('no sentence is left in English', () => {
    const all = model(
      ...Array.from({ length: 30 }, (_, i) =>
        organization({
          code: `${i}`,
          late: [late, item({ daysLeft: -1 })],
          due: [item({ safeBy: '2027-01-29' }), item({ dueOn: null, daysLeft: null })],
          month: Array.from({ length: 20 }, (_, m) => item({ title: `${m}` })),
          waiting: [item()],
          unreached: [{ role: 'Vendor', tasks: 1 }],
        }),
      ),
    );
    const english =
      /\b(the|is|are|due|late|and|you|more|school|schools|thing|things|at|this|mail)\b/i;
    for (const coordinator of [null, 'c']) {
      const { subject, text } = render({ ...all, coordinator, optionalKinds: ['x'] }, 'es');
      const ours = text.replaceAll(
        /Oak High School|Send the report|Enter the rubric|the Example State Board/g,
        '',
      );
      expect(`${subject}\n${ours}`.replace('Oak High School', '').match(english)).toBeNull();
    }
  });

  test('somebody without a language reads English', () => {
    expect(messagesFor(null).language).toBe('en');
    expect(messagesFor('toString').language).toBe('en');
  });
});
