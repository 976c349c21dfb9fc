import { type Html, html } from '../mail/html.ts';
import type { Outline, Section } from './digest.ts';

/** The digest as HTML. Styles stand at the elements: many mail programs drop a style sheet. */
export function digestHtml(outline: Outline): string {
  const { language, subject, greeting, summary, organizations, others, why } = outline;
  return `<!doctype html>\n${html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${subject}</title>
</head>
<body style="margin:0 auto;max-width:40em;padding:1em;font:16px/1.5 sans-serif;color:#1b1b1b;background:#fff">
<p>${greeting}</p>
<p>${summary}</p>
${organizations.map(({ heading, sections }) => [h2(heading), sections.map(section)])}
${others && [h2(others.heading), list(others.lines.map((line) => html`<li>${line}</li>`))]}
<hr style="border:0;border-top:1px solid #a9aeb1;margin:2em 0 1em">
<p style="font-size:14px;color:#565c65">${why}</p>
</body>
</html>
`}`;
}

const h2 = (heading: string): Html =>
  html`<h2 style="font-size:20px;margin:1.6em 0 0;border-bottom:2px solid #005ea2">${heading}</h2>\n`;

const section = ({ heading, entries, more }: Section): Html => html`
<h3 style="font-size:16px;margin:1em 0 0">${heading}</h3>
${list([...entries.map(entry), more !== null && html`<li>${more}</li>`])}
`;

const entry = ({ title, detail, url }: Section['entries'][number]): Html =>
  html`<li style="margin:.3em 0">${url ? html`<a href="${url}" style="color:#005ea2">${title}</a>` : title}${detail && html`<br>${detail}`}</li>`;

const list = (lines: (Html | false)[]): Html =>
  html`<ul style="margin:.3em 0;padding-left:1.2em">
${lines.map((line) => [line, '\n'])}</ul>`;
