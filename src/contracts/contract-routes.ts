import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, fingerprint, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import { inScope } from '../policy/can.ts';
import {
  addContract,
  changeContract,
  contractById,
  contractsPage,
  lockedContract,
  subjectOf,
} from './contract-store.ts';
import {
  type Contract,
  contractChange,
  contracts,
  contractsQuery,
  contractView,
  newContract,
} from './schemas.ts';

/** What lets a vendor's people reach a school. */
export function contractRoutes(app: App, ctx: Context): void {
  const tags = ['Contracts'];
  const subject = async (request: FastifyRequest) => {
    const named = idOf(request.params);
    const contract = named === null ? undefined : await contractById(ctx.db, named);
    return contract ? subjectOf(contract) : null;
  };

  app.get('/v1/contracts', {
    config: { policy: 'contracts.read' },
    schema: {
      tags,
      operationId: 'listContracts',
      summary: 'The contracts',
      description: 'In the order in which they were made.',
      querystring: contractsQuery,
      response: { 200: contracts },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await contractsPage(ctx.db, request.actor, request.query, page);
      return page.close(
        rows,
        (contract) => contract.id,
        (contract) => contract,
      );
    },
  });

  app.post('/v1/contracts', {
    config: { policy: 'contracts.manage', etag: true },
    schema: {
      tags,
      operationId: 'addContract',
      summary: 'Record a contract',
      description:
        'Between a vendor and the school of a planning year. From the day on which it is proposed to its last day the vendor’s people reach the school: their own tasks, and what their role has a part in.',
      body: newContract,
      response: { 201: contractView },
    },
    handler: (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const reaches = (about: object) => inScope(request.actor, about);
        const contract = await addContract(trx, request.body, reaches, ctx.clock.now());
        return { ...done(contract), status: 201, location: `/v1/contracts/${contract.id}` };
      }),
  });

  app.get('/v1/contracts/:id', {
    config: { policy: 'contracts.read', subject, etag: true },
    schema: {
      tags,
      operationId: 'getContract',
      summary: 'One contract',
      description: 'Whose it is, for which planning year, and its dates.',
      params: idParams,
      response: { 200: contractView },
    },
    handler: async (request, reply) => {
      const contract = await contractById(ctx.db, request.params.id);
      if (!contract) throw missing();
      return conditional(request, reply, tagOf(contract)) ? reply : contract;
    },
  });

  app.patch('/v1/contracts/:id', {
    config: { policy: 'contracts.manage', subject, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'changeContract',
      summary: 'Sign or end a contract',
      description:
        'From the day after its last one the vendor’s people no longer reach the school.',
      params: idParams,
      body: contractChange,
      response: { 200: contractView },
    },
    handler: (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const contract = await lockedContract(trx, request.params.id);
        if (!contract) throw missing();
        requireMatch(request, contract.version);
        return done(await changeContract(trx, contract, request.body, ctx.clock.now()));
      }),
  });
}

const missing = () => new NotFoundError('There is no such contract.');

/** A vendor's new name shows in its contracts without a write of them. */
const tagOf = ({ version, vendor, school }: Contract): string =>
  etagOf(version, fingerprint(JSON.stringify([vendor.name, school])));

const done = (contract: Contract): Done => ({
  status: 200,
  body: contract,
  etag: tagOf(contract),
});
