import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actorOfPerson } from '../../src/people/actor-of-person.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let program: string;
const directory = directoryFile(3, 2);
const [schoolOne, schoolTwo] = directory.map(([code]) => code!).sort();

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  program = app.ctx.programs.all[0]!.id;
  await app.admin.csv('/v1/imports/schools', csvOf(directory));
});
afterAll(() => app.close());

let people = 0;
async function personWith(
  assignments: { role: string; kind: string; code: string; from?: string; to?: string }[],
): Promise<string> {
  people += 1;
  const body = { name: `P ${people}`, email: `p${people}@example.org` };
  const person = (await app.admin.post('/v1/people', body)).json().id as string;
  for (const { role, kind, code, from = '2026-10-01', to = null } of assignments) {
    const organization = { kind, code };
    const reply = await app.admin.post('/v1/assignments', {
      ...{ person, program, role, organization, from, to },
    });
    expect(reply.statusCode).toBe(201);
  }
  return person;
}
const actorOf = (person: string) => actorOfPerson(app.ctx.db, app.ctx, person);

test('a person holds all the roles that they have been given, each in its place', async () => {
  const person = await personWith([
    { role: 'principal', kind: 'school', code: schoolOne! },
    { role: 'principal', kind: 'school', code: schoolTwo! },
    { role: 'coordinator', kind: 'district', code: schoolOne!.slice(0, 14) },
    { role: 'isbe', kind: 'state', code: 'ISBE' },
  ]);
  expect(await actorOf(person)).toEqual({
    id: `person:${person}`,
    person,
    grants: [
      { kind: 'coach', role: 'coordinator', program, scope: { districts: [expect.any(String)] } },
      { kind: 'state', role: 'isbe', program, scope: { all: true } },
      { kind: 'school', role: 'principal', program, scope: { schools: [schoolOne, schoolTwo] } },
    ],
  });
});

test('a role counts from its first day to its last', async () => {
  const person = await personWith([
    { role: 'principal', kind: 'school', code: schoolOne!, from: '2026-11-01', to: '2026-11-20' },
  ]);
  const heldOn = async (now: string) => {
    app.clock.set(now);
    return (await actorOf(person))?.grants.length ?? 0;
  };
  const days = ['2026-10-31T15:00:00Z', '2026-11-01T15:00:00Z', '2026-11-20T23:00:00Z'];
  expect(await heldOn(days[0]!)).toBe(0);
  expect(await heldOn(days[1]!)).toBe(1);
  expect(await heldOn(days[2]!)).toBe(1);
  expect(await heldOn('2026-11-21T15:00:00Z')).toBe(0);
});

test('who holds no role is nobody', async () => {
  expect(await actorOf(await personWith([]))).toBeNull();
  expect(await actorOf('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071')).toBeNull();
});
