import { testApp } from '../../support/app.ts';

/** By which way, which proxies are trusted, who is at the other end of the line, what is told. */
export type Route = [string, string[], string, (forged: string) => string];

export const routes: Route[] = [
  ['asked directly, with no proxy trusted', [], '203.0.113.9', (forged) => forged],
  ['asked past the proxy', ['10.0.0.0/8'], '203.0.113.9', (forged) => forged],
  [
    'asked through the proxy, which adds the caller',
    ['10.0.0.0/8'],
    '10.0.0.1',
    (forged) => `${forged}, 203.0.113.9`,
  ],
];

const MOST = 50;

/** One caller asks so often, each time with another forged address; how many were not put off. */
export async function askForged(
  times: number,
  [, trustProxy, remoteAddress, told]: Route,
): Promise<{ passed: number; putOff: number }> {
  const limits = { perKey: 1e9, perAddress: 1e9, perSignIn: MOST };
  const app = await testApp({ limits, config: { trustProxy } });
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) {
    const forged = `198.${n >> 12}.${(n >> 6) & 63}.${n & 63}`;
    const reply = await app.app.inject({
      ...({ method: 'POST', url: '/sign-in', remoteAddress } as const),
      payload: 'proof=x&email=a@example.org',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': told(forged),
        forwarded: `for=${forged}`,
        'x-real-ip': forged,
      },
    });
    statuses.push(reply.statusCode);
  }
  await app.close();
  const counted = (status: number) => statuses.filter((each) => each === status).length;
  return { passed: counted(403), putOff: counted(429) };
}
