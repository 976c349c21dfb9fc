import { entryOf, oneLine, sectionOf, taskUrl, titleOf } from './lines.ts';
import type { Messages } from './messages.en.ts';
import type { DigestModel } from './model.ts';
import type { Block } from './outline.ts';

/** Most tasks that are told. */
const TASKS = 30;

/** Tasks whose date nobody has set, each once, with what sets it. */
export function unsetBlock(model: DigestModel, publicUrl: string, messages: Messages): Block {
  const entries = model.unset.map((task) => {
    const { parameter, places } = task;
    const [only] = places;
    const one = places.length === 1 && only ? only : null;
    const where = one ? oneLine(one.name) : messages.places(places.length, model.unit);
    const how = messages.setDate(parameter === null ? null : oneLine(parameter));
    return entryOf({
      text: titleOf(task, model),
      url: one ? taskUrl(publicUrl, one.taskId) : null,
      detail: `${how}; ${messages.at(where)}`,
    });
  });
  return { heading: null, sections: [sectionOf(messages.unset, entries, TASKS, messages)] };
}
