import type { Pack } from './shape.ts';
import { workingDays } from './working-days.ts';

/** The dates on which a program's digests go out. */
export const mailDays = ({
  reminders,
  holidays,
}: Pick<Pack, 'reminders' | 'holidays'>): ((date: string) => boolean) =>
  reminders.mailDays === 'all' ? () => true : workingDays(holidays).isWorkingDay;
