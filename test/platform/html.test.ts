import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { html } from '../../src/html.ts';

describe('html', () => {
  test('escapes what is filled in, in text and in attributes', () => {
    const name = `<b title="x">O'Hara & \`co\`</b>`;
    expect(String(html`<p title="${name}">${name}</p>`)).not.toMatch(/<b|title="x"|O'H|`/);
  });

  test('no text whatever brings markup with it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(String(html`${text}`)).not.toMatch(/[<>"'`]/);
      }),
    );
  });

  test('takes markup of its own and lists as they are, and leaves out what is not there', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(String(html`<ul>${items}${null}${undefined}${false}</ul>${0}`)).toBe(
      '<ul><li>a</li><li>&#60;</li></ul>0',
    );
  });
});
