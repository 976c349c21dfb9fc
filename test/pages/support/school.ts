import { expect } from '@jest/globals';
import { type Browser, browser } from '../../sign-in/support/browser.ts';
import { type Somebody, signIn, somebody } from '../../sign-in/support/people.ts';
import { type TestApp, type TestOptions, testApp } from '../../support/app.ts';
import { DISTRICT, openTestYears } from '../../support/years.ts';

export interface TaskOfApi {
  id: string;
  role: string;
  title: string;
  status: string;
  scope: string;
  activity: string;
  sources: string[];
  raises: string | null;
  version: number;
  settled: Record<string, unknown> | null;
}

/** Two schools of one district under way in November, and people of the first one. */
export interface School {
  app: TestApp;
  year: string;
  otherYear: string;
  code: string;
  /** Signed in, in a browser of their own. */
  enter(name: string, role: string, at?: Place): Promise<Browser & { who: Somebody }>;
  tasks(query: string): Promise<TaskOfApi[]>;
  task(id: string): Promise<TaskOfApi>;
}

type Place = { kind: 'state' | 'district' | 'school'; code: string };

export async function school(options: TestOptions = {}): Promise<School> {
  const app = await testApp({ now: '2026-10-20T15:00:00Z', ...options });
  const [year, otherYear] = (await openTestYears(app.ctx, 2)) as [string, string];
  app.clock.set('2026-11-16T15:00:00Z');
  const code = `${DISTRICT}-0000`;
  return {
    ...{ app, year, otherYear, code },
    async enter(name, role, at = { kind: 'school', code }) {
      const who = await somebody(app, name, role, at);
      const mine = browser(app.app);
      await signIn(app, mine, who.email);
      return Object.assign(mine, { who });
    },
    async tasks(query) {
      const reply = await app.admin.get(`/v1/tasks?planningYear=${year}&limit=1000&${query}`);
      expect(reply.statusCode).toBe(200);
      return reply.json().data;
    },
    task: async (id) => (await app.admin.get(`/v1/tasks/${id}`)).json(),
  };
}

/** The text of a page, without its markup. */
export const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');
