const DAY = 86_400_000;

/** Days from one date to another, both `YYYY-MM-DD`; negative when `to` is the earlier one. */
export function daysBetween(from: string, to: string): number {
  const days = (Date.parse(to) - Date.parse(from)) / DAY;
  if (Number.isNaN(days)) throw new RangeError(`From ${from} to ${to} there are no days.`);
  return days;
}

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** `2027-01` of `2027-01-17`. */
export const monthOf = (date: string): string => date.slice(0, 7);

/** The last date of a date's month. */
export const endOfMonth = (date: string): string => {
  const [year = 0, month = 0] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
};

/** The day that days are counted back from: the one to aim at, else the due date; null without a date. */
export const aimOf = ({
  safeBy,
  dueOn,
}: {
  safeBy: string | null;
  dueOn: string | null;
}): string | null => (safeBy !== null && dueOn !== null && safeBy < dueOn ? safeBy : dueOn);
