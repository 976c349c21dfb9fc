import { describe, expect, test } from '@jest/globals';
import { addressOf } from '../../src/http/limiter.ts';
import { testApp } from '../support/app.ts';
import { browser } from './support/browser.ts';
import { askForged, routes } from './support/forged-addresses.ts';
import { directory, signIn, somebody } from './support/people.ts';

describe('acts of signing in', () => {
  test('are put off when one address makes too many, on a page that says how long', async () => {
    const app = await testApp({ limits: { perKey: 1e9, perAddress: 1e9, perSignIn: 3 } });
    const mine = browser(app.app, '203.0.113.9');
    const ask = async (who = mine) => {
      await who.get('/sign-in');
      return who.submit('/sign-in', { email: 'a@example.org' });
    };
    const replies = [await ask(), await ask(), await ask(), await ask()];
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([303, 303, 303, 429]);
    expect(Number(replies[3]!.headers['retry-after'])).toBeGreaterThan(0);
    expect(replies[3]!.body).toContain('too fast');
    expect((await ask(browser(app.app, '203.0.113.10'))).statusCode).toBe(303);
    await app.close();
  });

  test.each(routes)(
    'fall into one bucket for 300 forged forwarding addresses, %s',
    async (...route) => {
      expect(await askForged(300, route)).toEqual({ passed: 50, putOff: 250 });
    },
  );
});

test('a person’s requests are counted together, in whatever browser they are made', async () => {
  const app = await testApp({ limits: { perKey: 10, perAddress: 1e9, perSignIn: 1e9 } });
  const [code] = (await directory(app)) as [string];
  const { email } = await somebody(app, 'Pat', 'principal', { kind: 'school', code });
  const both = [browser(app.app), browser(app.app)];
  for (const one of both) await signIn(app, one, email);
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) statuses.push((await both[n % 2]!.get('/v1/schools')).statusCode);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.slice(10)).toEqual([429, 429]);
  await app.close();
});

describe('the bucket of a caller', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '::ffff:203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2'],
    ['2001:db8::7', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('of %s is %s', (ip, bucket) => {
    expect(addressOf({ ip })).toBe(bucket);
  });
});
