import { digestHtml } from './digest-html.ts';
import { digestText } from './digest-text.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel } from './model.ts';
import { outlineOf } from './outline.ts';

export interface Digest {
  subject: string;
  text: string;
  html: string;
}

/**
 * Puts a digest into words, once as text and once as HTML. Pure: the same model gives the same mail.
 *
 * @param publicUrl where the API answers, without a trailing slash
 */
export function renderDigest(model: DigestModel, publicUrl: string, messages: Messages): Digest {
  const outline = outlineOf(model, publicUrl, messages);
  return { subject: outline.subject, text: digestText(outline), html: digestHtml(outline) };
}
