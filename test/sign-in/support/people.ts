import { mailLink } from '../../../src/sign-in/link-mail.ts';
import { csvOf, directoryFile } from '../../schools/directory-file.ts';
import type { TestApp } from '../../support/app.ts';
import type { Browser } from './browser.ts';

export interface Somebody {
  id: string;
  name: string;
  email: string;
  assignment: string;
}

/** Fills the directory: 4 schools of 2 districts; their codes. */
export async function directory(app: TestApp): Promise<string[]> {
  const file = directoryFile(4, 2);
  await app.admin.csv('/v1/imports/schools', csvOf(file));
  return file.map(([code]) => code!);
}

/** Adds a person who holds a role from October on. */
export async function somebody(
  app: TestApp,
  name: string,
  role: string,
  organization: { kind: 'state' | 'district' | 'school'; code: string },
): Promise<Somebody> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]/g, '.')}@example.org`;
  const person = (await app.admin.post('/v1/people', { name, email })).json();
  const program = app.ctx.programs.all[0]!.id;
  const held = { person: person.id, program, role, organization, from: '2026-10-01' };
  const reply = await app.admin.post('/v1/assignments', held);
  if (reply.statusCode !== 201) throw new Error(reply.body);
  return { id: person.id, name, email, assignment: reply.json().id };
}

/** Carries out what was enqueued, as the worker would. */
export async function work(app: TestApp): Promise<void> {
  for (const { name, payload } of app.jobs.splice(0))
    if (name === 'mail-sign-in-link')
      await mailLink(app.ctx, (payload as { attemptId: string }).attemptId);
}

/** Asks for a link in that browser; the path of the link, or null when no mail came. */
export async function askForLink(app: TestApp, browser: Browser, email: string, base = '') {
  const before = app.mails.length;
  await browser.get(`${base}/sign-in`);
  await browser.submit(/\/sign-in$/, { email });
  await work(app);
  const mail = app.mails[before];
  return mail ? new URL(/https?:\S+/.exec(mail.text)![0]).pathname : null;
}

/** @param base what stands in front of every address */
export async function signIn(
  app: TestApp,
  browser: Browser,
  email: string,
  base = '',
): Promise<void> {
  const link = await askForLink(app, browser, email, base);
  await browser.get(link!);
  const reply = await browser.submit(/\/sign-in\/links/);
  if (reply.statusCode !== 303) throw new Error(reply.body);
}
