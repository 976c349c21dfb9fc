import { html } from '../html.ts';
import { page } from '../layout/layout.ts';
import { type AddressPage, standingOf } from './address-page.ts';

export interface AddressesPage {
  base: string;
  /** That a form was carried out; null: there was none. */
  done: string | null;
  addresses: (Pick<AddressPage, 'name' | 'address' | 'reason' | 'since'> & {
    roles: string;
    url: string;
  })[];
  more: boolean;
}

/** Whose addresses are to be mended, as far as the reader is to see to it. */
export const addressesPage = ({ base, done, addresses, more }: AddressesPage): string =>
  page(
    'Email addresses that need attention',
    html`${done !== null && html`<p class="success" role="status">${done}</p>\n`}<h1>Email addresses that need attention</h1>
${
  addresses.length === 0
    ? html`<p>None: email reaches everybody here.</p>`
    : html`<p>Email may not reach these people. Call them; each link says what to do.</p>
<ul class="plain">${addresses.map(
        ({
          name,
          address,
          reason,
          since,
          roles,
          url,
        }) => html`<li><a href="${url}">${name}</a>, ${address}
<br><span class="note">${roles}; ${standingOf(reason)}, since ${since}</span></li>\n`,
      )}</ul>`
}
${more && html`<p class="note">There are more; the oldest hundred are shown.</p>\n`}`,
    base,
  );
