import { html } from '../html.ts';
import type { Answer } from '../http/problems.ts';
import { page } from './layout.ts';
import { wayIn } from './way-back.ts';

/** What went wrong, as a page. */
export function problemPage(
  base: string,
  { status, code, detail }: Pick<Answer, 'status' | 'code' | 'detail'>,
  { back, requestId }: { back: string | null; requestId: string },
): string {
  const told = code === 'not-found' && back?.startsWith('/refused-addresses') ? MENDED : TOLD[code];
  const { title, text = detail } = told ?? { title: titleOf(code) };
  return page(
    title,
    html`<h1>${title}</h1>
<p class="alert" role="alert">${text}</p>
${status >= 500 && html`<p>The number of this request is ${requestId}.</p>\n`}<p><a href="${wayIn(base, back)}">Sign in</a></p>`,
  );
}

/** What is told to programs in words that a person has no use for. */
const TOLD: Record<string, { title: string; text?: string }> = {
  'not-found': {
    title: 'This page is not there',
    text: 'There is no such page, or it is not yours to see. If a mail led you here, you may be signed in as somebody else than the one it was for.',
  },
  'method-not-allowed': {
    title: 'This page is not there',
    text: 'Nothing was done: there is no such form. Open the page anew, and try again from there.',
  },
  'invalid-input': {
    title: 'This address is not complete',
    text: 'Something in the address, or in what was sent, is not as our own pages write it. Open the page anew, from your tasks or from the email.',
  },
  forbidden: { title: 'This is not yours to do' },
  'internal-error': {
    title: 'Something went wrong here',
    text: 'It is not your doing. Try again in a moment. If it happens again, tell whoever runs this site the number below.',
  },
  unauthenticated: {
    title: 'You are not signed in any more',
    text: 'Nothing was saved. Sign in again; from there you come back to the page. What you typed may still be there when you go back in your browser, to be copied.',
  },
};

/** An address to mend is often mended by somebody else first. */
const MENDED = {
  title: 'There is nothing to mend here any more',
  text: 'The address takes mail again, its person has another one or holds no role any more; or it is not yours to mend.',
};

const titleOf = (code: string): string =>
  `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`;
