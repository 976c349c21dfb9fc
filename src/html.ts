/** Markup that needs no escaping any more. */
export class Html {
  readonly #markup: string;
  constructor(markup: string) {
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/** HTML from a template: whatever is filled in is escaped, unless it is `Html` already. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => text + render(parts[i])).join(''));
}

/** Nothing for null, undefined and false, so that `condition && html...` reads well. */
function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(render).join('');
  return String(part).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}
