import { type DefaultTreeAdapterTypes, parse } from 'parse5';

/** What a browser makes of a page: its elements with the names of their attributes, and its words. */
export interface Markup {
  elements: string[];
  /** Where its links, frames and forms lead. */
  addresses: string[];
  words: string;
}

export function markupOf(page: string): Markup {
  const markup: Markup = { elements: [], addresses: [], words: '' };
  look(parse(page), markup);
  return markup;
}

function look(node: DefaultTreeAdapterTypes.Node, markup: Markup): void {
  if (node.nodeName === '#comment') markup.elements.push('#comment');
  if ('value' in node) markup.words += node.value;
  if ('attrs' in node) {
    const names = node.attrs.map(({ name }) => name).sort();
    markup.elements.push(`${node.tagName}[${names.join(' ')}]`);
    for (const { name, value } of node.attrs)
      if (['href', 'src', 'action'].includes(name)) markup.addresses.push(value);
  }
  if ('childNodes' in node) for (const child of node.childNodes) look(child, markup);
}
