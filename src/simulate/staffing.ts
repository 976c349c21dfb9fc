import { post } from './api.ts';
import type { Post, Tenure } from './people.ts';
import { assign, type Given } from './set-up.ts';
import type { Stage } from './stage.ts';

/** People come and go: what of it falls on a day. */
export function staffing(stage: Stage, program: string, posts: readonly Post[], given: Given) {
  const all = posts.flatMap((post) => post.tenures.map((tenure) => ({ post, tenure })));
  const comings = Map.groupBy(all, ({ tenure }) => tenure.from);
  const goings = Map.groupBy(all, ({ tenure }) => tenure.to);

  return {
    /** Successors take up their posts. */
    async begin(today: string): Promise<void> {
      const coming = comings.get(today) ?? [];
      const holding = coming.filter(({ tenure }) => !given.assignments.has(tenure));
      await assign(stage.ctx, program, given, holding);
    },
    /** Those whose last day it is leave. */
    async end(today: string): Promise<void> {
      for (const { tenure } of goings.get(today) ?? []) await leave(stage, given, tenure, today);
    },
  };
}

async function leave(stage: Stage, { assignments }: Given, tenure: Tenure, toOn: string) {
  for (const id of assignments.get(tenure) ?? [])
    await post(stage, stage.adminKey, `/v1/assignments/${id}/end`, { toOn });
}
