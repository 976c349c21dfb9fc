import type { RefusedAddress } from '../delivery/refused-schemas.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { Place } from '../layout/proof.ts';
import { type AddressForm, changeFields, endFields } from './address-forms.ts';
import { type Faults, type Field, fieldOf, type Typed } from './fields.ts';
import { ADDRESSES_PATH, addressPath } from './paths.ts';

export interface AddressPage extends Place {
  /** Sent along with each form, so that one that is sent twice counts once. */
  once: string;
  id: string;
  name: string;
  address: string;
  /** Of the person. */
  version: number;
  reason: RefusedAddress['reason'];
  since: string;
  /** The mail server's words. */
  said: string;
  today: string;
  /** What the person does where, within the reader's reach. */
  roles: { title: string; where: string }[];
  planningYears: number;
  /** Each of the person's assignments once. */
  assignments: { id: string; title: string }[];
  /** Who is to be asked for what the reader may not do; null: they may. */
  ask: Record<AddressForm, string[] | null>;
  failed: AddressFailure | null;
}

/** A form that came to nothing. */
export interface AddressFailure {
  form: AddressForm;
  why: string;
  typed: Typed;
  faults: Faults;
}

/** One address to mend: whose it is, what the mail server said, and what mends it. */
export const addressPage = (of: AddressPage): string =>
  page(
    WORDS[of.reason].title(of.name),
    html`${
      of.failed && html`<div class="alert" role="alert">\n<p>${of.failed.why}</p>\n</div>\n`
    }<p class="crumb"><a href="${of.base}${ADDRESSES_PATH}">Email addresses that need attention</a></p>
<h1>${WORDS[of.reason].title(of.name)}</h1>
<p class="status late"><strong>${of.address} ${WORDS[of.reason].standing}</strong> since ${of.since}: ${WORDS[of.reason].why}</p>
<div class="happened">
<p class="said">${of.said}</p>
</div>
<h2>What they do</h2>
<ul>${of.roles.map(({ title, where }) => html`<li>${title}, ${where}</li>\n`)}</ul>
${of.planningYears > 0 && html`<p class="note">${yearsOf(of.planningYears)}</p>\n`}<h2>What to do</h2>
<p>Call and ask which applies.</p>
<h3>The address works</h3>
<p>${WORDS[of.reason].works}</p>
${act(of, 'release', () => form(of, 'release', [], WORDS[of.reason].button))}
<h3>The address is wrong</h3>
<p>It is mistyped or given up. They will also sign in with the new address.</p>
${act(of, 'change', () => form(of, 'change', changeFields, 'Change the address', { version: String(of.version) }))}
<h3>They have left</h3>
<p>The role ends on its last day, and is free for whoever follows.</p>
${act(of, 'end', () => html`${of.assignments.map((one) => endForm(of, one))}`)}`,
    of.base,
  );

interface Words {
  title: (name: string) => string;
  standing: string;
  /** What stands before the words of the mail server. */
  why: string;
  works: string;
  button: string;
}

const STOPPED = {
  title: (name: string) => `Email to ${name} is refused`,
  standing: 'gets no email',
  works: 'They get other email there. What was held for them goes into their next email.',
  button: 'Send to it again',
};

const WORDS: Record<AddressPage['reason'], Words> = {
  refused: { ...STOPPED, why: 'an email was refused when it was sent. The mail server said:' },
  bounced: { ...STOPPED, why: 'an email came back after it was sent. The mail server said:' },
  undelivered: {
    title: (name) => `An email to ${name} did not arrive`,
    standing: 'may not get our email',
    why: 'new email still goes there. The mail server said:',
    works:
      'They get our email again. If it was blocked, ask their technology staff to allow it first.',
    button: 'Take it off the list',
  },
  complained: {
    title: (name) => `${name} marked an email as spam`,
    standing: 'gets fewer emails',
    why: 'monthly summaries are off, and what has a date is still sent. Their provider said:',
    works: 'They know what these emails are, and can turn summaries on again in their preferences.',
    button: 'Take it off the list',
  },
};

/** What is the matter with an address, in a few words. */
export const standingOf = (reason: AddressPage['reason']): string => WORDS[reason].standing;

const yearsOf = (count: number): string =>
  count === 1
    ? 'Their roles cover one planning year that is under way.'
    : `Their roles cover ${count} planning years that are under way.`;

/** The form for whoever may; the others are told whom to ask. */
function act({ ask }: AddressPage, name: AddressForm, made: () => Html): Html {
  const others = ask[name];
  return others === null
    ? made()
    : html`<p class="note">This is not yours to do. Tell ${others.join(' or ')}.</p>\n`;
}

const endForm = (of: AddressPage, { id, title }: AddressPage['assignments'][number]): Html =>
  html`<h4>${title}</h4>
${form(of, 'end', endFields, 'End the role', { assignment: id }, { toOn: of.today })}`;

function form(
  { base, proof, once, id, failed }: AddressPage,
  name: AddressForm,
  fields: Field[],
  button: string,
  hidden: Record<string, string> = {},
  typed: Typed = {},
): Html {
  const isFailed = failed?.form === name && failed.typed.assignment === hidden.assignment;
  const sent = isFailed ? failed : { typed, faults: {} };
  const apart = hidden.assignment === undefined ? name : `${name}-${hidden.assignment}`;
  return html`<form method="post" action="${base}${addressPath(id)}/${name}">
<input type="hidden" name="proof" value="${proof}">
<input type="hidden" name="once" value="${once}">
${Object.entries(hidden).map(
  ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">\n`,
)}${fields.map((field) => fieldOf(apart, field, sent.typed, sent.faults))}<button>${button}</button>
</form>
`;
}
