import { type Html, html } from '../html.ts';

export interface Field {
  name: string;
  label: string;
  kind: 'text' | 'email' | 'url' | 'date' | 'number' | 'lines' | 'checkbox' | 'choice';
  hint?: string;
  required?: boolean;
  /** The latest date. */
  max?: string;
  /** Of a choice. */
  options?: readonly Option[];
}

export interface Option {
  value: string;
  label: string;
  /** The heading that it stands under with its neighbors. */
  group?: string;
  /** Where its label is in another language than the page. */
  lang?: string;
}

/** What was typed, by the name of the field. */
export type Typed = Readonly<Record<string, string>>;
/** What is wrong, by the name of the field. */
export type Faults = Readonly<Record<string, string>>;

/** A field with its label, what was typed, and what is wrong with that. `form` sets its ids apart. */
export function fieldOf(form: string, field: Field, typed: Typed, faults: Faults): Html {
  const { name, label, kind, hint, required, max, options = [] } = field;
  const id = `${form}-${name}`;
  const value = typed[name] ?? '';
  const fault = faults[name];
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const attributes = html` id="${id}" name="${name}"${required && html` required`}${
    described && html` aria-describedby="${described}"`
  }${fault && html` aria-invalid="true"`}`;
  const told = html`${hint && html`<p class="hint" id="${id}-hint">${hint}</p>\n`}${
    fault && html`<p class="fault" id="${id}-fault">This ${fault}.</p>\n`
  }`;
  if (kind === 'checkbox')
    return html`<p class="check"><input type="checkbox"${attributes}${
      value !== '' && html` checked`
    }> <label for="${id}">${label}</label></p>
${told}`;
  const labelled = html`<label for="${id}">${label}</label>\n${told}`;
  if (kind === 'lines')
    return html`${labelled}<textarea${attributes} rows="4" maxlength="4000">
${value}</textarea>
`;
  if (kind === 'choice')
    return html`${labelled}<select${attributes}>
${optionsOf(options, value)}</select>
`;
  return html`${labelled}<input type="${kind}"${attributes} value="${value}"${
    max && html` max="${max}"`
  }${kind === 'number' && html` min="0"`}>
`;
}

function optionsOf(options: readonly Option[], chosen: string): Html[] {
  return [...Map.groupBy(options, ({ group }) => group)].map(([group, some]) => {
    const each = some.map(
      ({ value, label, lang }) =>
        html`<option value="${value}"${lang && html` lang="${lang}"`}${
          value === chosen && html` selected`
        }>${label}</option>\n`,
    );
    return group === undefined
      ? html`${each}`
      : html`<optgroup label="${group}">\n${each}</optgroup>\n`;
  });
}
