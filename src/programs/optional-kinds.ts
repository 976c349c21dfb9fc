import type { Pack } from '../../calendar/shape.ts';

/** A kind of reminder as preferences name it: rules are known by their ids within a program only. */
export const kindOf = (program: string, rule: string): string => `${program}/${rule}`;

/** The kinds that people may switch off. */
export const optionalKinds = ({ program, reminders }: Pack): { kind: string; rule: string }[] =>
  reminders.rules
    .filter(({ optional }) => optional === true)
    .map(({ id }) => ({ kind: kindOf(program.id, id), rule: id }));
