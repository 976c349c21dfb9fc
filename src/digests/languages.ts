import { english, type Messages } from './messages.en.ts';
import { spanish } from './messages.es.ts';

/** Every catalogue, by language. The first is for whoever has named none. */
export const languages: Readonly<Record<string, Messages>> = { en: english, es: spanish };

/** The words for a reader; `null`: no language was named. */
export const messagesFor = (language: string | null): Messages =>
  (language !== null && Object.hasOwn(languages, language) && languages[language]) || english;
