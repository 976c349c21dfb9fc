import type { Messages } from '../digests/messages.en.ts';
import { type Html, html } from '../html.ts';

/** Asks before anything is switched off: programs that look at every link of a mail press no button. */
export const askingPage = ({ language, unsubscribe }: Messages): string =>
  page(
    language,
    unsubscribe.title,
    html`<p>${unsubscribe.question}</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button>${unsubscribe.button}</button>
</form>`,
  );

export const donePage = ({ language, unsubscribe }: Messages): string =>
  page(language, unsubscribe.title, html`<p role="status">${unsubscribe.done}</p>`);

const page = (language: string, title: string, body: Html): string =>
  `<!doctype html>\n${html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
body { margin: 0 auto; max-width: 40em; padding: 1em; font: 18px/1.5 sans-serif; color: #1b1b1b; background: #fff; }
button { font: inherit; padding: .5em 1em; color: #fff; background: #005ea2; border: 0; border-radius: .25em; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`}`;
