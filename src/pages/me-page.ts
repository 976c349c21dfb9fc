import { type Html, html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { Place } from '../layout/proof.ts';
import { PREFERENCES_PATH } from './paths.ts';

export interface MePage extends Place {
  name: string;
  email: string;
  /** Each with its organizations. */
  roles: { title: string; program: string; where: string }[];
  tasks: { when: string; late: boolean; items: TaskOfDay[] }[];
  moreTasks: boolean;
  /** Where addresses that refuse mail are listed; null: there are none for them to mend. */
  addressesUrl: string | null;
  /** The planning years under way that they may read. */
  years: { title: string; url: string }[];
  moreYears: boolean;
  sessions: { id: string; about: string; current: boolean }[];
}

interface TaskOfDay {
  title: string;
  where: string;
  url: string;
  /** Something else stands in front of it. */
  waits: boolean;
}

/** Who is signed in, what they are, what they have to do. */
export const mePage = (me: MePage): string =>
  page(
    me.name,
    html`<h1>${me.name}</h1>
<p>You are signed in as ${me.email}. <a href="${me.base}${PREFERENCES_PATH}">Your email preferences</a></p>
<h2>What is open</h2>
${me.tasks.length === 0 ? html`<p>Nothing is waiting for you.</p>` : me.tasks.map(tasksOfDay)}
${me.moreTasks && html`<p class="note">There are more; the first hundred of each role are shown.</p>\n`}${
  me.addressesUrl !== null &&
  html`<h2>What else waits for you</h2>
<p><a href="${me.addressesUrl}">Email addresses that need attention</a></p>
`
}<h2>Planning years</h2>
<ul>${me.years.map(({ title, url }) => html`<li><a href="${url}">${title}</a></li>\n`)}</ul>
${me.moreYears && html`<p class="note">There are more; the first hundred are shown.</p>\n`}<h2>What you are</h2>
<ul>${me.roles.map(({ title, program, where }) => html`<li>${title}, ${where} (${program})</li>\n`)}</ul>
<form method="post" action="${me.base}/sign-out">
<input type="hidden" name="proof" value="${me.proof}">
<button>Sign out</button>
</form>
<h2>Where you are signed in</h2>
<ul class="plain">${me.sessions.map((session) => sessionLine(me, session))}</ul>`,
    me.base,
  );

const tasksOfDay = ({ when, late, items }: MePage['tasks'][number]): Html => html`<h3${
  late ? html` class="late"` : null
}>${when}</h3>
<ul>${items.map(
  ({ title, where, url, waits }) =>
    html`<li><a href="${url}">${title}</a>, ${where}${
      waits && html` <span class="note">(waiting)</span>`
    }</li>\n`,
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
