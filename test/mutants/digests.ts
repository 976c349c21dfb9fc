import { inFile, type Mistake } from './mistake.ts';

const TIMING = 'test/digests/timing.test.ts';
const DIGEST = 'test/digests/digest.test.ts';
const timing = inFile('src/digests/timing.ts', TIMING);

/** When and how it is said. */
export default [
  timing('A digest goes before its hour', 'time >= opensAt(terms) &&', ''),
  timing(
    'A digest waits a minute beyond its hour',
    'time >= opensAt(terms)',
    'time > opensAt(terms)',
  ),
  timing(
    'A digest goes in the quiet hours',
    'const mayGo = time >= opensAt(terms) && !isWithin(terms.quietHours, time);',
    'const mayGo = time >= opensAt(terms);',
  ),
  timing(
    'A digest goes on weekends',
    'return mayGo && terms.isMailDay(date) ? date : null;',
    'return mayGo ? date : null;',
  ),
  timing(
    'What is told at once comes in the quiet hours',
    'return !isWithin(terms.quietHours, time) && terms.isMailDay(date) ? date : null;',
    'return terms.isMailDay(date) ? date : null;',
  ),
  timing(
    'What is told at once comes on holidays',
    'return !isWithin(terms.quietHours, time) && terms.isMailDay(date) ? date : null;',
    'return !isWithin(terms.quietHours, time) ? date : null;',
  ),
  timing(
    'A digest that is retried on its day waits for the next morning',
    "if (kind === 'atOnce' || today === localDate)",
    "if (kind === 'atOnce')",
  ),
  timing(
    'What is told at once and is retried waits for the morning',
    "if (kind === 'atOnce' || today === localDate)",
    'if (today === localDate)',
  ),
  timing(
    'An old digest comes at any hour',
    'return mailMorning(terms, now) !== null;',
    'return today !== null;',
  ),
  timing(
    'Quiet hours over midnight are none',
    'from <= until ? from <= time && time < until : from <= time || time < until',
    'from <= time && time < until',
  ),
  timing(
    'Quiet hours end a minute late',
    'from <= until ? from <= time && time < until : from <= time || time < until',
    'from <= until ? from <= time && time <= until : from <= time || time <= until',
  ),
  timing(
    'A digest whose hour is quiet never comes',
    'quietHours && isWithin(quietHours, digestAt) ? quietHours.until : digestAt',
    'digestAt',
    {
      unnoticed:
        'It may not go in quiet hours anyway, and once they are over its hour has passed: the same minute.',
    },
  ),
  timing(
    'The clocks of the program count for everybody',
    'DateTime.fromJSDate(now, { zone })',
    "DateTime.fromJSDate(now, { zone: 'UTC' })",
  ),
  inFile('src/digests/refused-block.ts', DIGEST)(
    'An address is told with every place of its person',
    'places: links.length > 1 ? links.slice(0, PLACES) : []',
    'places: links',
  ),
  inFile('src/digests/refused-block.ts', DIGEST)(
    'All addresses are told, however many',
    '.slice(0, ADDRESSES)',
    '',
  ),
  inFile('src/digests/unsubscribe.ts', 'test/preferences/unsubscribe.test.ts')(
    'Anybody’s token switches kinds off',
    'given.length !== right.length || !timingSafeEqual(given, right)',
    'given.length !== right.length',
  ),
  inFile('src/digests/unsubscribe.ts', 'test/digests/letters.test.ts')(
    'Mail programs offer no click to unsubscribe',
    "'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',",
    '',
  ),
] satisfies Mistake[];
