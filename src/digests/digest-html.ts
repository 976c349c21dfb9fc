import { type Html, html } from '../html.ts';
import type { Block, Entry, Link, Outline, Section } from './outline.ts';

/** The digest as HTML. Styles stand at the elements: many mail programs drop a style sheet. */
export function digestHtml(outline: Outline): string {
  const { language, subject, greeting, summary, blocks, footer } = outline;
  return `<!doctype html>\n${html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${subject}</title>
</head>
<body style="margin:0 auto;max-width:40em;padding:1em;font:16px/1.5 sans-serif;color:#1b1b1b;background:#fff">
<p>${greeting}</p>
<p>${summary}</p>
${blocks.map(block)}
<hr style="border:0;border-top:1px solid #a9aeb1;margin:2em 0 1em">
${footer.map((line) => html`<p style="font-size:14px;color:#565c65;margin:.5em 0">${line}</p>\n`)}</body>
</html>
`}`;
}

const block = ({ heading, sections }: Block): Html =>
  html`${
    heading &&
    html`<h2 style="font-size:20px;margin:1.6em 0 0;border-bottom:2px solid #005ea2">${link(heading, '#1b1b1b')}</h2>\n`
  }${sections.map((one) => section(one, heading ? 3 : 2))}`;

function section({ heading, entries, more }: Section, level: 2 | 3): Html {
  const head =
    level === 2
      ? html`<h2 style="font-size:18px;margin:1.4em 0 0">${heading}</h2>\n`
      : html`<h3 style="font-size:16px;margin:1em 0 0">${heading}</h3>\n`;
  return html`${heading !== null && head}<ul style="margin:.3em 0;padding-left:1.2em">
${entries.map(entry)}${more !== null && html`<li>${more}</li>\n`}</ul>
`;
}

const entry = ({ detail, lines, places, morePlaces, ...title }: Entry): Html =>
  html`<li style="margin:.3em 0">${link(title, '#005ea2')}${detail !== null && html`<br>${detail}`}${
    places.length > 0 &&
    html`:<br>${places.map((place, at) => [at > 0 && '; ', link(place, '#005ea2')])}${morePlaces !== null && [' ', morePlaces]}`
  }${lines.map((line) => html`<br>${line.before}${line.before && ' '}${link(line, '#005ea2')}`)}</li>\n`;

const link = ({ text, url }: Link, color: string): Html =>
  url === null ? html`${text}` : html`<a href="${url}" style="color:${color}">${text}</a>`;
