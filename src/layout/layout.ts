import { createHash } from 'node:crypto';
import { Html, html } from '../html.ts';
import { STYLE } from './style.ts';

/**
 * A whole page. It needs no script, and its policy lets none run.
 *
 * @param base of a page for somebody who is signed in: what stands in front of every address, for the
 * way to their own page; left out on the others
 */
export const page = (title: string, body: Html, base?: string): string =>
  `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | Planning year</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><p>Planning year</p>${
    base !== undefined &&
    html`
<nav aria-label="Main"><a href="${base}/me">Your tasks</a></nav>`
  }</header>
<main id="main" tabindex="-1">
${body}
</main>
</body>
</html>
`}`;

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** What a page tells the browser beside the headers that every reply has. */
export const PAGE_HEADERS: Record<string, string> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // Without any referrer a browser leaves the origin out of what our own forms send.
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};
