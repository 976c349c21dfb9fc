import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
});
afterAll(() => app.close());

test('a dashboard is told that a task is done, and not by whom or in which words', async () => {
  const [year] = (await openTestYears(app.ctx, 1)) as [string];
  const url = `/v1/tasks?planningYear=${year}&limit=1000`;
  const open = (await app.admin.get(`${url}&role=principal&status=open`)).json().data;
  const task = `/v1/tasks/${open[0].id}`;
  const evidence = [{ title: 'Minutes', url: 'https://example.org/minutes' }];
  const note = 'Maria Lopez was there.';
  await app.admin.post(`${task}/complete`, { note, evidence }, { 'if-match': '*' });
  const scope = { districts: [DISTRICT] };
  const wall = app.as(await app.keyFor({ role: 'dashboard', scope }));
  for (const path of [task, url]) {
    expect((await app.admin.get(path)).body).toContain(note);
    const reply = await wall.get(path);
    expect(reply.body).not.toMatch(/Maria|Minutes|"by"/);
    const { data = [reply.json()] } = reply.json();
    const done = data.find(({ id }: { id: string }) => id === open[0].id);
    expect(done).toMatchObject({ status: 'done', settled: null });
  }
});
