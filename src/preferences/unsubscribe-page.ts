import type { Messages } from '../digests/messages.en.ts';
import { type Html, html } from '../html.ts';
import type { OptionalKind } from '../programs/optional-kinds.ts';

export interface UnsubscribePage {
  messages: Messages;
  /** What the link stops. */
  kinds: OptionalKind[];
  /** It names other kinds, too, which can't be stopped (any more). */
  others: boolean;
  /** All of its kinds are stopped. */
  stopped: boolean;
  /** What was done just now. */
  done: Act | null;
  /** Where people choose among all kinds. */
  preferencesUrl: string;
}

/** What a form does, as the value of the field that mail programs send: RFC 8058 names the first. */
export const ACTS = ['One-Click', 'Undo'] as const;
export type Act = (typeof ACTS)[number];

/**
 * Says what a link stops and what comes all the same, and asks before anything is switched off:
 * programs that look at every link of a mail press no button.
 */
export function unsubscribePage(of: UnsubscribePage): string {
  const { messages, kinds, preferencesUrl } = of;
  const { unsubscribe: words, language } = messages;
  const { title, body } = kinds.length === 0 ? unstoppable(of) : stoppable(of);
  return page(
    language,
    title,
    html`${body}
${of.others && kinds.length > 0 && html`<p>${words.others}</p>\n`}<p>${words.always}</p>
<ul>${words.alwaysComes.map((one) => html`<li>${one}</li>\n`)}</ul>
<p><a href="${preferencesUrl}">${words.choose}</a></p>`,
  );
}

const unstoppable = ({ messages: { unsubscribe: words } }: UnsubscribePage) => ({
  title: words.never,
  body: html`<h1>${words.never}</h1>
<p>${words.whyNever}</p>`,
});

function stoppable({ messages: { unsubscribe: words }, kinds, stopped, done }: UnsubscribePage) {
  const titles = [...new Set(kinds.map(({ title }) => within(title)))];
  const named = html`<ul lang="en">${kinds.map(
    ({ title, program }) => html`<li>${title}: ${program.title}</li>\n`,
  )}</ul>
`;
  if (stopped) {
    const title = (done === null ? words.stoppedBefore : words.stopped)(titles);
    return { title, body: html`${told(title)}${named}${form('Undo', words.undo)}` };
  }
  if (done === 'Undo') {
    const title = words.undone(titles);
    return { title, body: html`${told(title)}${named}` };
  }
  const title = words.question(titles);
  return {
    title,
    body: html`<h1>${title}</h1>
${named}${form('One-Click', words.button)}`,
  };
}

/** A title within a sentence; one that begins with an abbreviation keeps its letters. */
const within = (title: string): string =>
  /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;

const told = (title: string): Html => html`<div role="status">
<h1>${title}</h1>
</div>
`;

const form = (act: Act, button: string): Html => html`<form method="post">
<input type="hidden" name="List-Unsubscribe" value="${act}">
<button>${button}</button>
</form>`;

const page = (language: string, title: string, body: Html): string =>
  `<!doctype html>\n${html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { margin: 0 auto; max-width: 40em; padding: 1em; font: 18px/1.5 sans-serif; color: #1b1b1b; background: #fff; overflow-wrap: break-word; }
h1 { font-size: 1.5em; line-height: 1.25; }
a { color: #005ea2; }
button { font: inherit; padding: .5em 1em; color: #fff; background: #005ea2; border: 0; border-radius: .25em; }
:focus-visible { outline: .25rem solid #2491ff; outline-offset: 2px; }
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`}`;
