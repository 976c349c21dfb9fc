/** Columns under their headings: the first to the left, numbers to the right. */
export function table(headings: string[], rows: (string | number)[][]): string {
  const widths = headings.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => String(row[at] ?? '').length)),
  );
  const line = (cells: (string | number)[]) =>
    `  ${cells
      .map((cell, at) =>
        typeof cell === 'number' ? String(cell).padStart(widths[at]!) : cell.padEnd(widths[at]!),
      )
      .join('  ')}`.trimEnd();
  return [line(headings), ...rows.map(line)].join('\n');
}
