import { english } from '../digests/messages.en.ts';
import { html } from '../html.ts';
import { page } from '../layout/layout.ts';
import type { Place } from '../layout/proof.ts';
import { type Faults, fieldOf, type Typed } from './fields.ts';
import { PREFERENCES_PATH } from './paths.ts';
import type { PreferencesForm } from './preferences-form.ts';
import { list } from './words.ts';

export interface PreferencesPage extends Place {
  /** Sent along with the form, so that one that is sent twice counts once. */
  once: string;
  email: string;
  /** Of the preferences. */
  version: number;
  form: PreferencesForm;
  typed: Typed;
  saved: boolean;
  /** Why the form came to nothing. */
  failed: { why: string; faults: Faults } | null;
}

/** Which emails somebody receives, and when. */
export const preferencesPage = (of: PreferencesPage): string =>
  page(
    'Your email preferences',
    html`${of.failed && html`<div class="alert" role="alert">\n<p>${of.failed.why}</p>\n</div>\n`}${
      of.saved && html`<p class="success" role="status">Your preferences are saved.</p>\n`
    }<h1>Your email preferences</h1>
<p>Your emails go to ${of.email}.</p>
<form method="post" action="${of.base}${PREFERENCES_PATH}">
<input type="hidden" name="proof" value="${of.proof}">
<input type="hidden" name="once" value="${of.once}">
<input type="hidden" name="version" value="${of.version}">
<input type="hidden" name="shown" value="${of.form.shown}">
<h2>Emails you receive</h2>
${of.form.kinds.map(
  ({ program, fields }) => html`<fieldset>
<legend>${program}</legend>
${fields.map((field) => fieldOf('preferences', field, of.typed, {}))}</fieldset>
`,
)}<p>${english.unsubscribe.always} ${list(english.unsubscribe.alwaysComes)}.</p>
<h2>When and how they come</h2>
${of.form.terms.map((field) => fieldOf('preferences', field, of.typed, of.failed?.faults ?? {}))}<button>Save</button>
</form>`,
    of.base,
  );
