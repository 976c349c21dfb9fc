import { type Html, html } from '../html.ts';

export interface Field {
  name: string;
  label: string;
  kind: 'text' | 'email' | 'url' | 'date' | 'number' | 'lines' | 'checkbox';
  hint?: string;
  required?: boolean;
  /** The latest date. */
  max?: string;
}

/** What was typed, by the name of the field. */
export type Typed = Readonly<Record<string, string>>;
/** What is wrong, by the name of the field. */
export type Faults = Readonly<Record<string, string>>;

/** A field with its label, what was typed, and what is wrong with that. `form` sets its ids apart. */
export function fieldOf(form: string, field: Field, typed: Typed, faults: Faults): Html {
  const { name, label, kind, hint, required, max } = field;
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
  return html`${labelled}<input type="${kind}"${attributes} value="${value}"${
    max && html` max="${max}"`
  }${kind === 'number' && html` min="0"`}>
`;
}
