import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, Trx } from '../context.ts';
import { InvalidInputError, StaleVersionError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { answerTo } from '../http/problems.ts';
import { idOf, idParams } from '../http/schemas.ts';
import { newSecret } from '../http/secrets.ts';
import { answeredOnce, sendAnswer } from '../http/write.ts';
import { pageScope } from '../layout/page-scope.ts';
import { proofOf, requireProof } from '../layout/proof.ts';
import { noteOnTask } from '../notes/record.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { taskSubject } from '../tasks/find.ts';
import { settle } from '../tasks/settle.ts';
import { sightAt } from '../tasks/sight.ts';
import type { Typed } from './fields.ts';
import { claimOf } from './once.ts';
import { taskPath } from './paths.ts';
import { isTellable, refused } from './refused.ts';
import { POLICIES } from './task-acts.ts';
import {
  completionOf,
  FORMS,
  type FormName,
  faultsByField,
  noteOf,
  reopeningOf,
} from './task-forms.ts';
import { type TaskPage, taskPage } from './task-page.ts';
import { taskOnPage } from './task-sight.ts';

/** The page of a task, where a mail's link leads, and its forms. Looking at it changes nothing. */
export function taskPageRoutes(app: App, ctx: Context): void {
  const subject = (request: FastifyRequest) => taskSubject(ctx.db, idOf(request.params));
  const response = { 200: z.string() };
  pageScope(
    app,
    ctx,
    (scope) => {
      scope.get('/tasks/:id', {
        config: { policy: 'tasks.read', subject, signedIn: true },
        schema: { hide: true, params: idParams, querystring: asked, response },
        handler: async (request, reply) => {
          const { said } = request.query;
          return reply.send(await pageFor(request, request.params.id, said));
        },
      });

      for (const form of FORMS)
        scope.post(`/tasks/:id/${form}`, {
          config: { policy: POLICIES[form], subject, signedIn: true },
          schema: { hide: true, params: idParams, body: sent, response },
          handler: async (request, reply) => {
            const { id } = request.params;
            const { proof, once, version, ...rest } = request.body;
            requireProof(request.session!.token, proof);
            const typed = rest as Typed;
            try {
              const claim = claimOf(ctx, request, once, { version, ...typed });
              const given = await answeredOnce(ctx.db, claim, async (trx) => {
                const said = await carryOut(trx, request, form, id, version, typed);
                const location = `${baseOf(ctx)}${taskPath(id)}?said=${said}`;
                return { status: 303, headers: { location }, body: null };
              });
              return sendAnswer(reply, given);
            } catch (error) {
              return tellFailure(request, reply, id, form, typed, error);
            }
          },
        });
    },
    FORM_LIMIT,
  );

  /** Does what the form is for, by the same way as the API. @returns what the page says then */
  async function carryOut(
    trx: Trx,
    { actor }: FastifyRequest,
    form: FormName,
    id: string,
    version: number,
    typed: Typed,
  ): Promise<Said> {
    const precondition = (current: number) => requireVersion(current, version);
    switch (form) {
      case 'complete': {
        const spec = await specOf(trx, id);
        const body = completionOf(typed, spec);
        const commandOf = (task: string) => ({ kind: 'complete' as const, task, ...body });
        const { job } = await settle(ctx, trx, { id, commandOf, actor, precondition });
        return job === undefined ? 'done' : 'carried';
      }
      case 'reopen': {
        const { everywhere, ...body } = reopeningOf(typed);
        const commandOf = (task: string) => ({ kind: 'reopen' as const, task, ...body });
        const act = { id, commandOf, everywhere, actor, precondition };
        const { job, stillDone } = await settle(ctx, trx, act);
        if (job !== undefined) return 'backEverywhere';
        return stillDone ? 'backHere' : 'back';
      }
      case 'notes':
        await noteOnTask(ctx, trx, id, noteOf(typed), actor);
        return 'noted';
      default:
        return form satisfies never;
    }
  }

  async function specOf(trx: Trx, id: string) {
    const { model, task } = await sightAt(ctx, trx, id);
    const { raises } = model.task(task.taskKey);
    return raises ? model.event(raises)?.spec : undefined;
  }

  /** The page again, with why it came to nothing and all that was typed. */
  async function tellFailure(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    form: FormName,
    typed: Typed,
    error: unknown,
  ) {
    if (!isTellable(error)) throw error;
    const faults = error instanceof InvalidInputError ? faultsByField(error) : {};
    const failed = { form, why: refused(error), typed, faults };
    return reply.code(answerTo(error).status).send(await pageFor(request, id, null, failed));
  }

  async function pageFor(
    { actor, session }: FastifyRequest,
    id: string,
    said: Said | null,
    failed: TaskPage['failed'] = null,
  ): Promise<string> {
    await caughtUp(ctx);
    const base = baseOf(ctx);
    const task = await taskOnPage(ctx, actor, id, base);
    const place = { base, proof: proofOf(session!.token), once: newSecret() };
    return taskPage({ ...place, task, done: saidOf(task, said), failed });
  }
}

/** In bytes: two texts of 4000 letters, each of which takes up to nine, and what goes with them. */
const FORM_LIMIT = 100_000;

const SAID = {
  done: 'It is marked done.',
  carried: 'It is marked done here, and is being carried to the other schools that it covers.',
  back: 'It is taken back.',
  backEverywhere:
    'It is taken back here, and is being taken back at the other schools that it covers.',
  backHere:
    'It is taken back at this school alone; at the other schools that it covers it stays done. To take it back there, too, open it at one of them.',
  noted: 'The note is added.',
} as const;
type Said = keyof typeof SAID;

/** What has just been done, unless the task tells otherwise: anybody can make up an address. */
function saidOf({ settlement }: TaskPage['task'], said: Said | null): string | null {
  if (said === null) return null;
  const isSettled = settlement !== null;
  const holds = said === 'noted' || isSettled === !said.startsWith('back');
  return holds ? SAID[said] : null;
}

/** Programs that look at mails, or forward them, add parameters of their own. */
const asked = z.object({
  said: z
    .enum(Object.keys(SAID) as [Said, ...Said[]])
    .nullable()
    .catch(null),
});

const sent = z
  .object({
    proof: z.string().max(100),
    once: z.string().min(20).max(100),
    version: z.coerce.number().int().min(0),
  })
  .catchall(z.string());

function requireVersion(current: number, seen: number): void {
  if (current !== seen)
    throw new StaleVersionError('The task has changed since the page was made.');
}
