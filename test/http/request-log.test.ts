import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { BOOTSTRAP_KEY, clientOf, testContext } from '../support/app.ts';

test('the log tells routes and actors, and neither keys nor addresses with names in them', async () => {
  const lines: string[] = [];
  const { ctx, drop } = await testContext();
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const app = await buildApp({ ...ctx, log });
  const admin = clientOf(app, BOOTSTRAP_KEY);
  await admin.get('/v1/people?q=Lopez');
  await clientOf(app, 'py_a-guess').get('/v1/people');
  const wanted = { role: 'dashboard', scope: { all: true }, label: 'A screen' };
  const { id, key } = (await admin.post('/v1/keys', wanted)).json();
  await clientOf(app, key).get('/v1/keys');
  app.log.info({ authorization: `Bearer ${key}`, made: { key } }, 'careless');
  await app.close();
  await drop();

  const text = lines.join('');
  for (const secret of [BOOTSTRAP_KEY, 'py_a-guess', key, 'Lopez'])
    expect(text).not.toContain(secret);
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries).toContainEqual(
    expect.objectContaining({ route: '/v1/people', status: 200, actor: 'bootstrap' }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({ route: '/v1/keys', status: 403, actor: `key:${id}` }),
  );
});
