import type { Config } from '../config.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { messagesFor } from '../digests/languages.ts';
import type { Messages } from '../digests/messages.en.ts';
import { html } from '../html.ts';
import { mailDomain } from '../mail/compose.ts';
import type { Mail } from '../mail/mailer.ts';
import type { Person } from '../people/person-store.ts';
import { preferencesOf } from '../preferences/store.ts';

/** The mail with a link, in its reader's language. Each try is a mail of its own. */
export async function linkLetter(
  { config, clock }: Pick<Context, 'config' | 'clock'>,
  db: DbOrTrx,
  { id, name, email, demo }: Pick<Person, 'id' | 'name' | 'email'> & { demo: boolean },
  { attempt, secret }: { attempt: { id: string; mails: number; tries: number }; secret: string },
): Promise<Mail> {
  const { language } = await preferencesOf(db, id);
  return {
    messageId: `<${attempt.id}.${attempt.mails}.${attempt.tries}@${mailDomain(config)}>`,
    date: clock.now(),
    to: { name, address: email },
    demo,
    ...words(name, addressOfLink(config, secret), messagesFor(language)),
  };
}

export const addressOfLink = ({ publicUrl }: Pick<Config, 'publicUrl'>, secret: string): string =>
  `${publicUrl}/sign-in/links/${secret}`;

function words(name: string, url: string, messages: Messages) {
  const { subject, before, button, after } = messages.signIn;
  const greeting = messages.greeting(name);
  return {
    subject,
    text: `${greeting}\n\n${before}\n\n${url}\n\n${after}\n`,
    html: `<!doctype html>\n${html`<html lang="${messages.language}">
<head><meta charset="utf-8"><title>${subject}</title></head>
<body style="margin:0 auto;max-width:40em;padding:1em;font:16px/1.5 sans-serif;color:#1b1b1b;background:#fff">
<p>${greeting}</p>
<p>${before}</p>
<p><a href="${url}" style="color:#005ea2">${button}</a></p>
<p>${after}</p>
</body>
</html>
`}`,
  };
}
