import type { Config } from '../config.ts';
import type { Context, Trx } from '../context.ts';
import { html } from '../html.ts';
import { newSecret } from '../http/secrets.ts';
import { parseSender } from '../mail/compose.ts';
import type { Mail } from '../mail/mailer.ts';
import { personByEmail } from '../people/person-store.ts';
import { attemptToMail, keepSecret, mailsMade } from './attempts.ts';
import { mayUseLink } from './who-may.ts';
import { witness } from './witness.ts';

/** No address gets more links than that within {@link WINDOW}. */
const MOST_MAILS = 5;
const WINDOW = 900_000;

/**
 * Makes and sends the link that somebody asked for, if the address is of somebody who may come in by
 * it. In the background: how long it takes tells the asking browser nothing.
 */
export async function mailLink(ctx: Context, attempt: string): Promise<void> {
  const mail = await ctx.db.transaction().execute((trx) => prepare(ctx, trx, attempt));
  if (!mail) return;
  try {
    await ctx.mailer.send(mail);
  } catch (error) {
    // Not the error itself: it might quote the mail.
    const reason = error instanceof Error ? error.name : 'unknown';
    ctx.log.warn({ attempt, reason }, 'A link to sign in was not mailed.');
  }
}

async function prepare(ctx: Context, trx: Trx, id: string): Promise<Mail | null> {
  const now = ctx.clock.now();
  const attempt = await attemptToMail(trx, id, now);
  if (!attempt) return null;
  const withheld = async (person: string | null, reason: string) => {
    await witness(ctx, trx, { type: 'linkWithheld', way: 'link', person, reason });
    return null;
  };

  const person = await personByEmail(trx, attempt.email!);
  if (!person) return withheld(null, 'unknownAddress');
  const actor = await mayUseLink(ctx, trx, person.id);
  if (typeof actor === 'string') return withheld(person.id, actor);
  const made = await mailsMade(trx, attempt.email!, new Date(now.getTime() - WINDOW));
  if (made >= MOST_MAILS) return withheld(person.id, 'tooMany');

  const secret = newSecret();
  await keepSecret(trx, id, person.id, secret);
  await witness(ctx, trx, { type: 'linkMailed', way: 'link', person: person.id });
  return {
    messageId: `<${id}@${parseSender(ctx.config.mailFrom).address.split('@')[1]}>`,
    date: now,
    to: { name: person.name, address: person.email },
    demo: person.demo,
    ...words(person.name, addressOfLink(ctx.config, secret)),
  };
}

export const addressOfLink = ({ publicUrl }: Pick<Config, 'publicUrl'>, secret: string): string =>
  `${publicUrl}/sign-in/links/${secret}`;

function words(name: string, url: string): Pick<Mail, 'subject' | 'text' | 'html'> {
  const subject = 'Sign in to the planning year';
  const before =
    'Somebody, most likely you, asked to sign in with this address. Open this link within ten minutes, in the browser in which you asked for it, and press the button there:';
  const after =
    'It works once. If it was not you, there is nothing to do: without this mail nobody gets in.';
  return {
    subject,
    text: `Hello ${name},\n\n${before}\n\n${url}\n\n${after}\n`,
    html: `<!doctype html>\n${html`<html lang="en">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body style="margin:0 auto;max-width:40em;padding:1em;font:16px/1.5 sans-serif;color:#1b1b1b;background:#fff">
<p>Hello ${name},</p>
<p>${before}</p>
<p><a href="${url}" style="color:#005ea2">Sign in</a></p>
<p>${after}</p>
</body>
</html>
`}`,
  };
}
