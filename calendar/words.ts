import type { ProgramFile } from './shape.ts';

/** `title` with the program's words in place: `{portal}` becomes `program.words.portal`. */
export const words = (program: Pick<ProgramFile, 'words'>, title: string): string =>
  title.replace(PLACEHOLDER, (written, name: string) => program.words[name] ?? written);

/** The placeholders in `title` for which the program has no word. The loader lets none of them pass. */
export const unknownWords = (program: Pick<ProgramFile, 'words'>, title: string): string[] =>
  [...title.matchAll(PLACEHOLDER)]
    .map(([, name]) => name ?? '')
    .filter((name) => !Object.hasOwn(program.words, name));

const PLACEHOLDER = /\{([^{}]*)\}/g;
