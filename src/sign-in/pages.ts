import { type Html, html } from '../html.ts';
import { page } from './layout.ts';

/** What stands in front of every address, e.g. `/plans`; empty at the root of a host. */
export interface Place {
  base: string;
  /** Sent back by the form, to show that it is ours. */
  proof: string;
}

/** Where to begin. `withProvider`: state staff have a way of their own. */
export const signInPage = ({ base, proof }: Place, withProvider: boolean): string =>
  page(
    'Sign in',
    html`<h1>Sign in</h1>
${
  withProvider &&
  html`<h2>State staff</h2>
<p><a class="button" href="${base}/sign-in/provider">Sign in with your state account</a></p>
<h2>Everybody else</h2>
`
}<p>We send you a link. You need no password.</p>
<form method="post" action="${base}/sign-in">
<input type="hidden" name="proof" value="${proof}">
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

export const problemPage = (base: string, title: string, detail: string): string =>
  page(
    title,
    html`<h1>${title}</h1>
<p class="alert" role="alert">${detail}</p>
<p><a href="${base}/sign-in">Sign in</a></p>`,
  );

export interface MePage extends Place {
  name: string;
  email: string;
  /** Each with its organizations. */
  roles: { title: string; program: string; where: string }[];
  tasks: { when: string; late: boolean; items: { title: string; where: string; url: string }[] }[];
  moreTasks: boolean;
  sessions: { id: string; about: string; current: boolean }[];
}

/** Who is signed in, what they are, what they have to do. */
export const mePage = (me: MePage): string =>
  page(
    me.name,
    html`<h1>${me.name}</h1>
<p>You are signed in as ${me.email}.</p>
<form method="post" action="${me.base}/sign-out">
<input type="hidden" name="proof" value="${me.proof}">
<button>Sign out</button>
</form>
<h2>What you are</h2>
<ul>${me.roles.map(({ title, program, where }) => html`<li>${title}, ${where} (${program})</li>\n`)}</ul>
<h2>What is open</h2>
${me.tasks.length === 0 ? html`<p>Nothing is waiting for you.</p>` : me.tasks.map(tasksOfDay)}
${me.moreTasks && html`<p class="note">There are more; the first hundred of each role are shown.</p>`}
<h2>Where you are signed in</h2>
<ul class="plain">${me.sessions.map((session) => sessionLine(me, session))}</ul>`,
  );

const tasksOfDay = ({ when, late, items }: MePage['tasks'][number]): Html => html`<h3${
  late ? html` class="late"` : null
}>${when}</h3>
<ul>${items.map(
  ({ title, where, url }) => html`<li><a href="${url}">${title}</a>, ${where}</li>\n`,
)}</ul>
`;

const sessionLine = (
  { base, proof }: Place,
  { id, about, current }: MePage['sessions'][number],
): Html => html`<li>${about}
${
  current
    ? html`<strong>This one</strong>`
    : html`<form method="post" action="${base}/me/sessions/${id}/end">
<input type="hidden" name="proof" value="${proof}">
<button class="plain">End it</button>
</form>`
}</li>
`;
