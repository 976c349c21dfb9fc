import type { Outline, Section } from './digest.ts';

/** The digest as plain text. */
export function digestText({ greeting, summary, organizations, others, why }: Outline): string {
  const blocks = [
    greeting,
    summary,
    ...organizations.flatMap(({ heading, sections }) => [
      `\n${underlined(heading)}`,
      ...sections.map(section),
    ]),
    ...(others ? [`\n${underlined(others.heading)}`, others.lines.map(bullet).join('\n')] : []),
    `\n-- \n${why}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

const section = ({ heading, entries, more }: Section): string =>
  [
    `${heading}:`,
    ...entries.flatMap(({ title, detail, url }) => [
      bullet(title),
      ...[detail, url].flatMap((line) => (line ? [`    ${line}`] : [])),
    ]),
    ...(more ? [bullet(more)] : []),
  ].join('\n');

const bullet = (line: string): string => `  - ${line}`;
const underlined = (line: string): string => `${line}\n${'-'.repeat(line.length)}`;
