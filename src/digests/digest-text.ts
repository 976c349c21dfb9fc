import type { Block, Entry, Link, Outline, Section } from './outline.ts';

/** The digest as plain text. */
export function digestText({ greeting, summary, blocks, footer }: Outline): string {
  const parts = [greeting, summary, ...blocks.flatMap(blockLines), `\n-- \n${footer.join('\n')}`];
  return `${parts.join('\n\n')}\n`;
}

const blockLines = ({ heading, sections }: Block): string[] => [
  ...(heading ? [`\n${underlined(heading.text)}`] : []),
  ...sections.map(section),
];

const section = ({ heading, entries, more }: Section): string =>
  [
    ...(heading === null ? [] : [`${heading}:`]),
    ...entries.flatMap(entryLines),
    ...(more === null ? [] : [`  - ${more}`]),
  ].join('\n');

const entryLines = ({ text, detail, url, lines, places, morePlaces }: Entry): string[] => [
  `  - ${text}${detail === null ? colon(places) : ''}`,
  ...(detail === null ? [] : [`    ${detail}${colon(places)}`]),
  ...(url === null ? [] : [`    ${url}`]),
  ...places.flatMap((place) => [
    `    - ${place.text}`,
    ...(place.url ? [`      ${place.url}`] : []),
  ]),
  ...(morePlaces === null ? [] : [`    - ${morePlaces}`]),
  ...lines.flatMap((line) => [
    `    ${line.before}${line.before && ' '}${line.text}`,
    ...(line.url ? [`      ${line.url}`] : []),
  ]),
];

/** Before what follows. */
const colon = (places: readonly Link[]): string => (places.length > 0 ? ':' : '');

const underlined = (line: string): string => `${line}\n${'-'.repeat(line.length)}`;
