/** What a language's own rules do for its catalogue: dates, lists, numbers and days to go. */
export interface Grammar {
  /** `Sunday, January 31, 2027`; every date is `YYYY-MM-DD`. */
  longDate(date: string): string;
  /** `January 31` */
  dayAndMonth(date: string): string;
  monthName(date: string): string;
  /** `a, b and c` */
  list(parts: readonly string[]): string;
  /** `in 3 days`, `tomorrow`, `yesterday`; negative for days gone by. */
  inDays(days: number): string;
  /** `1 school`, `1,200 schools`: the number with the word that its plural rules ask for. */
  count(number: number, words: Forms): string;
  /** The word or sentence alone. */
  form(number: number, words: Forms): string;
}

/** A word by plural category (Unicode CLDR). Where one is left out, `other` stands for it. */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export function grammarOf(locale: string): Grammar {
  const long = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
  const day = new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  const form = (count: number, words: Forms) => words[plural.select(count)] ?? words.other;
  return {
    longDate: remembered((date) => long.format(new Date(date))),
    dayAndMonth: remembered((date) => day.format(new Date(date))),
    monthName: remembered((date) => month.format(new Date(date))),
    list: (parts) => lists.format(parts),
    inDays: (days) => relative.format(days, 'day'),
    count: (count, words) => `${number.format(count)} ${form(count, words)}`,
    form,
  };
}

/** Days until the day to aim at; null where there is none, or it is past. */
export function daysToAim(dueOn: string, daysLeft: number, safeBy: string | null): number | null {
  if (safeBy === null) return null;
  const days = daysLeft - (Date.parse(dueOn) - Date.parse(safeBy)) / DAY;
  return days < 0 ? null : days;
}

const DAY = 86_400_000;

/** Dates recur by the thousand on a morning of mails, and are slow to write. */
function remembered(write: (date: string) => string): (date: string) => string {
  const written = new Map<string, string>();
  return (date) => {
    const known = written.get(date);
    if (known !== undefined) return known;
    if (written.size >= MOST_DATES) written.clear();
    const text = write(date);
    written.set(date, text);
    return text;
  };
}

const MOST_DATES = 1000;
