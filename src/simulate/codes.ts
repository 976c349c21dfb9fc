import type { ProgramFile } from '../../calendar/shape.ts';

type Directory = ProgramFile['directory'];

/** The program's example of a code leaves no room for as many organizations. */
export class CodesExhaustedError extends Error {
  override name = 'CodesExhaustedError';
}

/**
 * The code of an invented school, made from the program's example, which no real school has: the
 * example's first number is kept, since that is what makes it invented.
 * @param district, school numbers from 1 on
 * @throws CodesExhaustedError
 */
export function inventedCode(directory: Directory, district: number, school: number): string {
  const { codeExample, codePattern } = directory;
  const part = districtOf(directory, codeExample);
  const runs = [...part.matchAll(/\d+/g)];
  // The last number is the district's type; where there are but two, it has to count.
  const counting = runs.length > 2 ? runs.slice(1, -1) : runs.slice(1);
  const rest = codeExample.slice(part.length);
  const code =
    numbered(part, counting, district) + numbered(rest, [...rest.matchAll(/\d+/g)], school);
  if (new RegExp(codePattern).test(code)) return code;
  throw new CodesExhaustedError(
    `${codeExample} is no good example to invent codes from: ${code} is none like it. Correct codeExample or codePattern of the program.`,
  );
}

export const districtOf = ({ districtPattern }: Directory, code: string): string =>
  new RegExp(districtPattern).exec(code)?.[1] ?? '';

/** The text with `number` written over the digits of the given runs. */
function numbered(text: string, runs: RegExpExecArray[], number: number): string {
  const places = runs.flatMap(({ 0: run, index }) => [...run].map((_, at) => index + at));
  const digits = String(number).padStart(places.length, '0');
  if (digits.length > places.length)
    throw new CodesExhaustedError('There are no codes for so many schools. Simulate fewer.');
  const letters = [...text];
  for (const [at, place] of places.entries()) letters[place] = digits[at]!;
  return letters.join('');
}
