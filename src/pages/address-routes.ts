import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { refusedById, refusedPage, refusedSubject } from '../delivery/refused-addresses.ts';
import type { RefusedAddress } from '../delivery/refused-schemas.ts';
import { refusedView } from '../delivery/refused-view.ts';
import { release, settleTrouble } from '../delivery/suppressions.ts';
import { InvalidInputError, NotFoundError, StaleVersionError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { answerTo } from '../http/problems.ts';
import { idOf, idParams } from '../http/schemas.ts';
import { derived, newSecret } from '../http/secrets.ts';
import { administered, recordFacts } from '../http/witnessed.ts';
import { answeredOnce, sendAnswer } from '../http/write.ts';
import { pageScope } from '../layout/page-scope.ts';
import { proofOf, requireProof } from '../layout/proof.ts';
import { endOn } from '../people/assignment-store.ts';
import { changePerson } from '../people/person-store.ts';
import { todayOf } from '../programs/today.ts';
import { signOut } from '../sign-in/sign-out.ts';
import {
  ADDRESS_FORMS,
  type AddressForm,
  changeOf,
  endOf,
  faultsByField,
} from './address-forms.ts';
import { type AddressFailure, addressPage } from './address-page.ts';
import { addressesPage } from './addresses-page.ts';
import type { Typed } from './fields.ts';
import { claimOf } from './once.ts';
import { ADDRESSES_PATH, addressPath } from './paths.ts';
import { isTellable, refused } from './refused.ts';
import { moment } from './words.ts';

/** Addresses to mend, for whoever is to see to it. Looking at them changes nothing. */
export function addressPageRoutes(app: App, ctx: Context): void {
  const subject = (request: FastifyRequest) =>
    refusedSubject(ctx, request.actor, idOf(request.params));
  const response = { 200: z.string() };
  pageScope(app, ctx, (scope) => {
    scope.get(ADDRESSES_PATH, {
      config: { policy: 'addresses.mend', signedIn: true },
      schema: { hide: true, querystring: asked, response },
      handler: async (request, reply) => reply.send(await listFor(request, request.query.said)),
    });

    scope.get(addressPath(':id'), {
      config: { policy: 'addresses.mend', subject, signedIn: true },
      schema: { hide: true, params: idParams, querystring: z.object({}), response },
      handler: async (request, reply) => reply.send(await pageFor(request, request.params.id)),
    });

    for (const form of Object.keys(ADDRESS_FORMS) as AddressForm[])
      scope.post(`${addressPath(':id')}/${form}`, {
        config: { policy: ADDRESS_FORMS[form], subject, signedIn: true },
        schema: { hide: true, params: idParams, body: sent, response },
        handler: async (request, reply) => {
          const { id } = request.params;
          const { proof, once, ...rest } = request.body;
          requireProof(request.session!.token, proof);
          const typed = rest as Typed;
          try {
            const claim = claimOf(ctx, request, once, typed);
            const given = await answeredOnce(ctx.db, claim, async (trx) => {
              await carryOut(trx, request, form, id, typed);
              const fact = administered(request);
              if (fact) await recordFacts(trx, ctx.clock.now(), [fact]);
              const said = derived(request.session!.token, form);
              const location = `${baseOf(ctx)}${ADDRESSES_PATH}?said=${said}`;
              return { status: 303, headers: { location }, body: null };
            });
            return sendAnswer(reply, given);
          } catch (error) {
            return tellFailure(request, reply, id, form, typed, error);
          }
        },
      });
  });

  /** Does what the form is for, by the same way as the API. */
  async function carryOut(
    trx: Trx,
    request: FastifyRequest,
    form: AddressForm,
    id: string,
    typed: Typed,
  ): Promise<void> {
    const { actor } = request;
    const { item } = await found({ ...ctx, db: trx }, actor, id);
    switch (form) {
      case 'release':
        if (!((await release(trx, id)) ?? (await settleTrouble(trx, id)))) throw missing();
        ctx.log.info({ by: actor.id, suppression: id }, 'An address was released.');
        return;
      case 'change':
        await changePerson(trx, item.person.id, changeOf(typed), {
          precondition: (version) => {
            if (String(version) !== typed.version)
              throw new StaleVersionError('The person has changed since the page was made.');
          },
          addressChanged: () => signOut(ctx, trx, request, item.person.id),
        });
        return;
      case 'end': {
        const held = item.roles.find(({ assignment }) => assignment === typed.assignment);
        if (!held) throw missing();
        // Whatever else was changed about it: it ends on the day that was typed.
        await endOn(trx, held.assignment, endOf(typed).toOn, () => {});
        return;
      }
      default:
        form satisfies never;
    }
  }

  /** The page again, with why it came to nothing and all that was typed. */
  async function tellFailure(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    form: AddressForm,
    typed: Typed,
    error: unknown,
  ) {
    if (!isTellable(error)) throw error;
    const faults = error instanceof InvalidInputError ? faultsByField(error) : {};
    const failed = { form, why: refused(error), typed, faults };
    return reply.code(answerTo(error).status).send(await pageFor(request, id, failed));
  }

  async function pageFor(
    { actor, session }: FastifyRequest,
    id: string,
    failed: AddressFailure | null = null,
  ): Promise<string> {
    const { item, version } = await found(ctx, actor, id);
    const asking = (when: RefusedAddress['next'][number]['when']) => {
      const step = item.next.find((one) => one.when === when);
      return step && !step.allowed ? step.ask : null;
    };
    const { program } = item.roles[0]!;
    const titles = Map.groupBy(item.roles, ({ assignment }) => assignment);
    return addressPage({
      ...{ base: baseOf(ctx), proof: proofOf(session!.token), once: newSecret(), id },
      ...{ name: item.person.name, address: item.address, version },
      ...{ reason: item.reason, said: item.said, since: sinceOf(item) },
      today: todayOf(ctx.programs, program, ctx.clock.now()),
      roles: item.roles.map(({ roleTitle, organization }) => ({
        ...{ title: roleTitle, where: organization.name },
      })),
      planningYears: item.planningYears,
      assignments: [...titles].map(([assignment, [held]]) => ({
        id: assignment,
        title: `${held!.roleTitle}, ${held!.organization.name}`,
      })),
      ask: {
        release: asking('addressWorks'),
        change: asking('addressWrong'),
        end: asking('personLeft'),
      },
      failed,
    });
  }

  async function listFor({ actor, session }: FastifyRequest, said: string | null): Promise<string> {
    const rows = await refusedPage(ctx, actor, { after: null, fetch: MOST + 1 });
    const form = Object.keys(SAID).find((name) => said === derived(session!.token, name));
    return addressesPage({
      base: baseOf(ctx),
      done: form ? SAID[form as AddressForm] : null,
      addresses: rows
        .slice(0, MOST)
        .map((row) => refusedView(ctx, actor, row))
        .map((item) => ({
          ...{ name: item.person.name, address: item.address },
          ...{ reason: item.reason, since: sinceOf(item) },
          roles: [...new Set(item.roles.map(({ roleTitle }) => roleTitle))].join(', '),
          url: baseOf(ctx) + addressPath(item.id),
        })),
      more: rows.length > MOST,
    });
  }

  /** By the clocks of the program that the first of the roles belongs to. */
  function sinceOf({ roles, since }: RefusedAddress): string {
    return moment(since, ctx.programs.get(roles[0]!.program)!.pack.program.zone);
  }
}

async function found(
  rooms: Pick<Context, 'db' | 'programs' | 'clock'>,
  actor: Actor,
  id: string,
): Promise<{ item: RefusedAddress; version: number }> {
  const row = await refusedById(rooms, actor, id);
  if (!row) throw missing();
  return { item: refusedView(rooms, actor, row), version: row.personVersion };
}

const MOST = 100;

const missing = () => new NotFoundError('There is nothing to mend here any more.');

const SAID: Record<AddressForm, string> = {
  release: 'Done. Email goes to the address.',
  change: 'The address is changed.',
  end: 'The role ends on the day that you named.',
};

/** What has just been done, told in a way that only this session's own forms can lead to. */
const asked = z.object({ said: z.string().max(100).nullable().catch(null) });

const sent = z
  .object({ proof: z.string().max(100), once: z.string().min(20).max(100) })
  .catchall(z.string());
