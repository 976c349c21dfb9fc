import { describe, expect, test } from '@jest/globals';
import { renderDigest } from '../../src/digests/digest.ts';
import type { DigestModel, Item, OrganizationDigest } from '../../src/digests/model.ts';

const URL = 'https://plans.example.org';
const ON = '2027-01-17';

const item = (change: Partial<Item> = {}): Item => ({
  taskId: '0190',
  title: 'Enter the rubric',
  role: 'Principal',
  dueOn: '2027-01-31',
  safeBy: null,
  daysLeft: 14,
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
  programs: ['Example planning year'],
  roles: ['Principal'],
});

describe('a digest', () => {
  test('tells what is late, due, expected and waiting, by school', () => {
    const digest = renderDigest(
      model(
        organization({
          late: [late],
          due: [item({ safeBy: '2027-01-29' })],
          month: [item({ title: 'Hold the meeting', taskId: '0191' })],
          waiting: [item({ title: 'Discuss the findings' })],
          unreached: [{ role: 'Vendor', tasks: 2 }],
        }),
      ),
      URL,
    );
    expect(digest.subject).toBe('1 late, 1 due soon: Oak High School');
    expect(digest.text).toBe(`Hello Ada Example,

As of Sunday, January 17, 2027: at Oak High School, 1 thing is late, 1 thing is due soon, and January expects 2 more.


Oak High School (98-901)
------------------------

Late:
  - Send the report
    was due Thursday, January 14, 2027, 3 days ago
    https://plans.example.org/v1/tasks/0190

Due soon:
  - Enter the rubric
    due Sunday, January 31, 2027, in 14 days; aim for Friday, January 29, 2027
    https://plans.example.org/v1/tasks/0190

Expected in January:
  - Hold the meeting
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/v1/tasks/0191

Waiting on others:
  - Discuss the findings
    due Sunday, January 31, 2027, in 14 days
    https://plans.example.org/v1/tasks/0190

Mail that would reach nobody:
  - Vendor: nobody holds this role; 2 things wait for somebody to be assigned


-- 
You get this mail because you are registered as Principal in: Example planning year. There is at most one a day. If this is not your work, tell the state agency, which keeps the list of people.
`);
  });

  test.each([
    ['What January expects: Oak High School', organization({ month: [item()] })],
    [
      'Mail that would reach nobody: Oak High School',
      organization({ unreached: [{ role: 'Vendor', tasks: 1 }] }),
    ],
  ])('says in its subject what it is about: %s', (subject, one) => {
    expect(renderDigest(model(one), URL).subject).toBe(subject);
  });

  test('says today, tomorrow and yesterday', () => {
    const days = [0, 1, -1].map((daysLeft) => item({ daysLeft }));
    const { text } = renderDigest(model(organization({ due: days })), URL);
    expect(text).toMatch(/, today\n.*, tomorrow\n.*, yesterday\n/s);
  });

  test('says whose work each thing is to a person with several roles', () => {
    const two = { ...model(organization({ due: [item()] })), roles: ['Coordinator', 'Principal'] };
    expect(renderDigest(two, URL).text).toContain('- Enter the rubric (Principal)\n');
  });

  test('lets no name bring markup into the HTML or a line into a header', () => {
    const nasty = '<img src=x onerror="alert(1)">\r\nBcc: all@example.org';
    const { subject, html, text } = renderDigest(
      { ...model(organization({ name: nasty, due: [item({ title: nasty })] })), name: nasty },
      URL,
    );
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toContain('<img');
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62; Bcc');
    expect(text).not.toMatch(/^Bcc/m);
  });

  test('links each thing to its task', () => {
    const { html } = renderDigest(model(organization({ due: [item()] })), URL);
    expect(html).toContain('<a href="https://plans.example.org/v1/tasks/0190"');
  });

  test('stays readable with a hundred schools: twenty in full, the others in a line each', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      organization({
        name: `School ${i}`,
        code: `98-${i}`,
        late: Array.from({ length: 3 }, () => late),
        month: Array.from({ length: 8 }, () => item()),
      }),
    );
    const { subject, text, html } = renderDigest(model(...many), URL);
    expect(subject).toBe('300 late: 100 schools');
    expect(text.match(/^ {2}- and 3 more$/gm)).toHaveLength(20);
    expect(text).toContain('80 more schools, in short');
    expect(text).toContain('  - School 99 (98-99): 3 late and 8 expected this month\n');
    expect(text.split('\n').length).toBeLessThan(900);
    expect(html.length).toBeLessThan(100_000);
  });
});
