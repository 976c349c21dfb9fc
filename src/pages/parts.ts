import { type Html, html } from '../html.ts';
import type { Happened } from './happened.ts';

/** A link to another's page, which is told nothing of ours. What is no web address stays text. */
export const link = (title: string, url: string): Html =>
  /^https?:\/\//i.test(url)
    ? html`<a href="${url}" rel="noopener noreferrer">${title}</a>`
    : html`${title}`;

export const happened = (of: Happened | null): Html =>
  html`${
    of &&
    html`<div class="happened">
<p>${of.about}</p>
${of.text !== null && html`<p class="said">${of.text}</p>\n`}${
  of.links.length > 0 &&
  html`<ul>${of.links.map(({ title, url }) => html`<li>${link(title, url)}</li>\n`)}</ul>\n`
}</div>
`
  }`;
