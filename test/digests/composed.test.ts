import { beforeAll, describe, expect, test } from '@jest/globals';
import type { OrganizationDigest } from '../../src/digests/model.ts';
import type { Program } from '../../src/programs/programs.ts';
import { illinois, PaperYear } from '../support/year.ts';
import { taskId, tell, URL } from './support/paper-digest.ts';

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

/** A school whose principal has done nothing since October: eight items of two months are late. */
const idle = (on = '2026-12-01') => new PaperYear(program, { on: '2026-10-15' }).on(on);
const EIGHT = [
  ...['oct-1/principal/1', 'oct-1/principal/2', 'nov-1/principal/1', 'nov-3/principal/1'],
  ...['nov-4/principal/1', 'nov-4/principal/2', 'nov-4/principal/3', 'nov-5/principal/1'],
];
const titlesOf = (year: PaperYear, keys: readonly string[]) =>
  keys.map((key) => year.model.task(key).title);

const listedIn = ({ waitingOnYou, late, due, month, waiting }: OrganizationDigest): string[] =>
  [...waitingOnYou, ...late, ...due, ...month, ...waiting].map((item) => item.taskId);

describe('a principal with eight late items', () => {
  test('reads all eight, whatever brought the email about, each once', () => {
    const { subject, text, model } = tell(idle(), ['principal']);
    const [school] = model.organizations;
    expect(subject).toBe('8 late: School 0');
    for (const key of EIGHT)
      expect(text.split(`${URL}/tasks/${taskId('year-0', key)}\n`).length).toBeGreaterThan(1);
    const listed = listedIn(school!);
    expect(listed.filter((id) => EIGHT.includes(id.slice(7))).sort()).toEqual(
      EIGHT.map((key) => taskId('year-0', key)).sort(),
    );
    expect(new Set(listed).size).toBe(listed.length);
    expect(school!.late.every(({ role }) => role === 'Principal')).toBe(true);
  });

  test('has them all in the coordinator’s email too, in one line of the role', () => {
    const year = idle();
    const { text, html, model } = tell(year, ['coordinator']);
    expect(text).toContain('  - Principal, 8 late:\n');
    const line = html.slice(html.indexOf('Principal, 8 late'));
    const links = line.slice(0, line.indexOf('</li>'));
    for (const title of titlesOf(year, EIGHT)) {
      expect(text).toContain(`    - ${title} (was due `);
      expect(links).toContain(`${title.replaceAll("'", '&#39;')} (was due `);
    }
    expect(model.organizations[0]!.late).toHaveLength(28);
  });

  test('is one of nine whose coordinator reads each thing once, with its places', () => {
    const nine = Array.from({ length: 9 }, () => idle());
    const { subject, text } = tell(nine, ['coordinator']);
    expect(subject).toBe(`${9 * 28} late: 9 schools`);
    for (const title of titlesOf(nine[0]!, EIGHT))
      expect(text.split(`  - ${title} (Principal)\n`)).toHaveLength(2);
    expect(text).toContain('    - and 4 more schools\n');
    expect(text).toContain('  - School 8 (98-901-0010-26-0008)\n    28 late and ');
  });

  test('comes first among the schools of those in most need', () => {
    const busy = idle();
    for (const key of EIGHT) busy.complete(key);
    const { model } = tell([busy, idle()], ['principal']);
    expect(model.organizations.map(({ name }) => name)).toEqual(['School 1', 'School 0']);
  });

  test('does not concern the district, nor an email that is for one thing alone', () => {
    const year = idle();
    expect(tell(year, ['district']).text).not.toContain('Principal, ');
    const alone = tell(year, ['principal'], { task: 'oct-1/principal/1', delivery: 'atOnce' });
    expect(listedIn(alone.model.organizations[0]!)).toEqual([
      taskId('year-0', 'oct-1/principal/1'),
    ]);
  });
});

describe('a task stands where it belongs today', () => {
  test('a report due today under what is due today, though the month brought it', () => {
    const { subject, text } = tell(idle('2027-01-20'), ['district']);
    expect(subject).toMatch(/ late, 1 due today: School 0$/);
    expect(text).toMatch(
      /Due today:\n {2}- Submit the QER of the second quarter\n {4}due Wednesday, January 20, 2027, today\n/,
    );
  });

  test('a deadline within two weeks as due soon, and a further one in the month', () => {
    const listOf = (on: string) => {
      const [school] = tell(idle(on), ['principal']).model.organizations;
      const has = (list: 'due' | 'month') =>
        school![list].some((item) => item.taskId === taskId('year-0', 'jan-1/principal/2'));
      return { due: has('due'), month: has('month') };
    };
    expect(listOf('2027-01-16')).toEqual({ due: false, month: true });
    expect(listOf('2027-01-17')).toEqual({ due: true, month: false });
  });

  test('a blocked deadline as due or late, with what stands in its way', () => {
    const unreleased = new PaperYear(program, { on: '2026-10-15', releasedOn: null });
    const { text, model } = tell(unreleased.on('2027-01-28'), ['principal', 'district']);
    const [school] = model.organizations;
    expect(school!.late.map((item) => item.taskId)).toEqual([
      taskId('year-0', 'jan-2/district/submit'),
    ]);
    expect(school!.due.map((item) => item.taskId)).toEqual([taskId('year-0', 'jan-1/principal/2')]);
    const release = unreleased.model.task('oct-1/isbe/1').title;
    expect(text).toContain(`Due soon:
  - Enter the IQFSR results in IWAS (Principal)
    due Sunday, January 31, 2027, in 3 days; aim for Friday, January 29, 2027
    ${URL}/tasks/year-0/jan-1/principal/2
    waits on ISBE: ${release}
      ${URL}/tasks/year-0/oct-1/isbe/1
`);
    expect(text).toMatch(/Late:\n {2}- Submit the QER[\s\S]*? waits on ISBE: .*\n[\s\S]*Due soon:/);
  });
});

describe('waiting', () => {
  test('names on whom and for what', () => {
    const { text } = tell(idle('2026-11-10'), ['principal']);
    const allocations = idle().model.task('nov-6/isbe/1').title;
    expect(text).toMatch(
      new RegExp(`Waiting on others:\n[\\s\\S]*waits on ISBE: ${allocations}\n {6}${URL}/tasks/`),
    );
  });

  test('on the reader stands first, with whom it holds up, and is said nowhere else', () => {
    const year = idle('2026-12-15');
    const { text, model } = tell(year, ['principal']);
    const facilitation = year.model.task('nov-4/principal/3').title;
    const [school] = model.organizations;
    expect(text.indexOf('Waiting on you:')).toBeLessThan(text.indexOf('\nLate:'));
    const [first] = text.split(/\n\nLate:/);
    expect(first).toContain(`  - ${facilitation}\n    was due Monday, November 30, 2026`);
    expect(first).toContain(
      `holds up District staff: ${year.model.task('dec-1/district/2').title}\n`,
    );
    expect(first).toContain(`holds up your own: ${year.model.task('dec-1/principal/2').title}\n`);
    expect(listedIn(school!).filter((id) => id.endsWith('nov-4/principal/3'))).toHaveLength(1);
  });

  test('ends for whoever has done their part; the reader’s own later work is not on others then', () => {
    const year = idle('2026-12-15');
    const own = taskId('year-0', 'dec-1/principal/2');
    const lists = () => {
      const [school] = tell(year, ['principal']).model.organizations;
      const has = (list: 'month' | 'waiting') => school![list].some((item) => item.taskId === own);
      return has('month') ? 'month' : has('waiting') ? 'waiting' : null;
    };
    expect(lists()).toBe('waiting');
    year.complete('nov-4/district/3');
    expect(lists()).toBe('month');
    expect(tell(year, ['principal']).text).toContain(
      `comes after your own: ${year.model.task('nov-4/principal/3').title}\n`,
    );
    year.complete('nov-4/principal/3');
    expect(tell(year, ['principal']).text).not.toContain('comes after your own');
  });

  test('links a vendor to nobody else’s task', () => {
    const { text } = tell(idle('2026-12-15'), ['vendor']);
    expect(text).toMatch(/waits on District staff: .*\n(?! {6}http)/);
    expect(text).not.toContain('/district/');
  });

  test('does not tell of what nobody is asked for yet', () => {
    const { model } = tell(idle('2026-11-10'), ['principal']);
    const held = model.organizations[0]!.waitingOnYou.flatMap(({ holdsUp }) => holdsUp);
    expect(held.length).toBeGreaterThan(0);
    expect(held.every(({ taskId: id }) => /\/(oct|nov)-/.test(id!))).toBe(true);
  });
});

test('a Spanish reader is told the same in Spanish', () => {
  const { subject, text } = tell(idle('2026-12-15'), ['principal'], { language: 'es' });
  expect(subject).toBe('8 atrasadas: School 0');
  expect(text).toContain('Esperan por usted:\n');
  expect(text).toContain('detiene a District staff: ');
  expect(text).toContain('detiene su propia tarea: ');
  expect(text).toContain('espera a Needs assessment vendor: ');
  expect(text).toContain(`Elija qué correos recibe: ${URL}/me/preferences`);
});
