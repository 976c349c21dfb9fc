import type { Bound, Measured } from './figure.ts';

/** The figures as a table for people. */
export function table(measured: Measured[], bounds: ReadonlyMap<string, Bound>): string {
  const head = ['name', 'ours', 'limit', 'ratio', 'spread', 'at least', 'aim', ''];
  const rows = measured.map((figure) => {
    const { unit, atLeast, aim, atMost } = bounds.get(figure.name)!;
    return [
      figure.name,
      `${rounded(figure.ours)} ${unit}`,
      rounded(figure.limit),
      figure.ratio === null ? '' : figure.ratio.toFixed(2),
      figure.spread === null ? '' : figure.spread.map((ratio) => ratio.toFixed(2)).join('–'),
      atLeast === null ? '' : `${atMost ? 'at most ' : ''}${atLeast}`,
      aim === null ? '' : String(aim),
      verdict(figure, bounds.get(figure.name)!),
    ];
  });
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]!.length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** One line for each figure. */
export const jsonLine = (
  { name, ours, limit, ratio }: Measured,
  bounds: ReadonlyMap<string, Bound>,
): string => JSON.stringify({ name, ours, limit, ratio, unit: bounds.get(name)!.unit });

function verdict({ ours, ratio }: Measured, { atLeast, aim, atMost, absolute }: Bound): string {
  const value = absolute ? ours : ratio;
  if (value === null || atLeast === null) return '';
  const reaches = (bound: number) => (atMost ? value <= bound : value >= bound);
  if (aim !== null && reaches(aim)) return 'reaches its aim';
  return reaches(atLeast) ? '' : 'MISSED';
}

const rounded = (value: number | null): string =>
  value === null ? '' : value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
