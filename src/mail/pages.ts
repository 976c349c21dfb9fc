import { type Html, html } from '../html.ts';
import type { StoredMail } from './mailbox.ts';

/** The list of mails. `older`: the name below which the next page goes on; null on the last. */
export const listPage = (mails: readonly StoredMail[], older: string | null): string =>
  page(
    'Mails',
    html`<h1>Mails</h1>
${mails.length === 0 && html`<p>No mail has been written yet.</p>`}
<ul>
${mails.map(
  ({ name, subject, to, date }) =>
    html`<li><a href="/mail/${name}">${subject || '(no subject)'}</a><br>to ${to}, ${date}</li>\n`,
)}</ul>
${older && html`<p><a href="/mail?before=${older}">Older mails</a></p>`}`,
  );

/** One mail. Its HTML stands in a frame that may run nothing and reach nothing. */
export const mailPage = ({ name, subject, to, date, text }: StoredMail): string =>
  page(
    subject,
    html`<p><a href="/mail">All mails</a></p>
<h1>${subject}</h1>
<p>To ${to}<br>${date}</p>
<h2>As HTML</h2>
<iframe sandbox src="/mail/${name}/html" title="The mail as HTML"></iframe>
<h2>As text</h2>
<pre>${text}</pre>`,
  );

const page = (title: string, body: Html): string =>
  `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
body { margin: 0 auto; max-width: 50em; padding: 1em; font: 16px/1.5 sans-serif; }
li { margin: .5em 0; }
iframe { width: 100%; height: 40em; border: 1px solid #a9aeb1; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f0f0f0; padding: 1em; }
</style>
</head>
<body>
${body}
</body>
</html>
`}`;
