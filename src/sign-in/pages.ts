import { html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { Place } from '../layout/proof.ts';
import { wayBackQuery } from '../layout/way-back.ts';

/**
 * Where to begin. `withProvider`: state staff have a way of their own. `back`: the page that was asked
 * for, to which signing in leads.
 */
export const signInPage = (
  { base, proof }: Place,
  withProvider: boolean,
  back: string | null,
): string =>
  page(
    'Sign in',
    html`<h1>Sign in</h1>
${
  withProvider &&
  html`<h2>State staff</h2>
<p><a class="button" href="${base}/sign-in/provider${wayBackQuery(back)}">Sign in with your state account</a></p>
<h2>Everybody else</h2>
`
}<p>We send you a link. You need no password.</p>
<form method="post" action="${base}/sign-in">
<input type="hidden" name="proof" value="${proof}">
${back && html`<input type="hidden" name="to" value="${back}">`}
<label for="email">Your e-mail address at work</label>
<input type="email" id="email" name="email" autocomplete="email" required maxlength="254">
<button>Send me a link</button>
</form>`,
  );

export const sentPage = (base: string): string =>
  page(
    'Check your mail',
    html`<h1>Check your mail</h1>
<p>If that address is registered here, a mail with a link is on its way to it. Open the link within
ten minutes, in this browser.</p>
<p>Nothing came after five minutes? Look into the folder for unwanted mail, check the address, and
<a href="${base}/sign-in">ask again</a>. Your district or the state agency knows which address is
registered.</p>`,
  );

/** What a link opens: looking at it changes nothing. */
export const linkPage = ({ base, proof }: Place, secret: string): string =>
  page(
    'Finish signing in',
    html`<h1>Finish signing in</h1>
<p>The link works once.</p>
<form method="post" action="${base}/sign-in/links/${secret}">
<input type="hidden" name="proof" value="${proof}">
<button>Sign in</button>
</form>`,
  );

/** The link was opened elsewhere than where it was asked for. */
export const otherBrowserPage = ({ publicUrl }: { publicUrl: string }): string =>
  page(
    'Open it in the other browser',
    html`<h1>Open it in the other browser</h1>
<p>A link works only in the browser in which you asked for it. Copy its address from the mail into
that browser, or <a href="${publicUrl}/sign-in">ask for a new one here</a>.</p>`,
  );
