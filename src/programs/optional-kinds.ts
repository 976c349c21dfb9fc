import type { Pack } from '../../calendar/shape.ts';
import type { Programs } from './programs.ts';

/** A kind of reminder that people may switch off. */
export interface OptionalKind {
  /** As `program/rule`. */
  kind: string;
  /** What people read of it. */
  title: string;
  /** Id and title of its program. */
  program: { id: string; title: string };
}

/** A kind of reminder as preferences name it: rules are known by their ids within a program only. */
export const kindOf = (program: string, rule: string): string => `${program}/${rule}`;

/** The kinds that people may switch off: the loader sees to it that none has a date, and each a title. */
export const optionalKinds = ({ program, reminders }: Pack): OptionalKind[] =>
  reminders.rules
    .filter(({ optional }) => optional === true)
    .map(({ id, title = id }) => ({
      kind: kindOf(program.id, id),
      title,
      program: { id: program.id, title: program.title },
    }));

/** Those of every program. */
export const allOptionalKinds = ({ all }: Programs): OptionalKind[] =>
  all.flatMap(({ pack }) => optionalKinds(pack));

/** Whether it is a kind of reminder at all. */
export const isKind = ({ all }: Programs, kind: string): boolean =>
  all.some(({ id, pack }) => pack.reminders.rules.some((rule) => kindOf(id, rule.id) === kind));
