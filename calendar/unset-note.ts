import type { CalendarTask, ProgramFile } from './shape.ts';

/**
 * A task whose date is set anew each year says so as long as nobody has set it.
 * @param place whose date it is: one school's, or everybody's, among whom districts set their own
 */
export function unsetNote(
  program: ProgramFile,
  dueOn: string | null,
  { due }: CalendarTask,
  place: 'school' | 'everybody',
): { kind: 'unset'; text: string }[] {
  if (dueOn !== null || !due || !('parameter' in due)) return [];
  const parameter = program.parameters.find(({ id }) => id === due.parameter);
  const text =
    place === 'everybody' && parameter?.per === 'district'
      ? `Each district sets its own date: ${parameter.title}.`
      : `The date of this year has not been set: ${parameter?.title}.`;
  return [{ kind: 'unset', text }];
}
