import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { nameOf } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import { newVendor, vendorChange, vendors, vendorsQuery, vendorView } from './schemas.ts';
import {
  addVendor,
  lockedVendor,
  renameVendor,
  type Vendor,
  vendorByCode,
  vendorsPage,
} from './vendor-store.ts';

/** The organizations beside the agency, the districts and the schools. */
export function vendorRoutes(app: App, ctx: Context): void {
  const tags = ['Contracts'];
  const params = z.strictObject({ code: z.string().describe('Code of a vendor') });
  const subject = async (request: FastifyRequest) => {
    const code = nameOf(request.params, 'code');
    return code !== null && (await vendorByCode(ctx.db, code)) ? {} : null;
  };

  app.get('/v1/vendors', {
    config: { policy: 'vendors.read' },
    schema: {
      tags,
      operationId: 'listVendors',
      summary: 'The vendors',
      description: 'By code. Their people are given the role of a vendor for this organization.',
      querystring: vendorsQuery,
      response: { 200: vendors },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, z.string());
      const rows = await vendorsPage(ctx.db, page);
      return page.close(
        rows,
        ({ code }) => code,
        (vendor) => vendor,
      );
    },
  });

  app.post('/v1/vendors', {
    config: { policy: 'vendors.manage', etag: true },
    schema: {
      tags,
      operationId: 'addVendor',
      summary: 'Add a vendor',
      description: 'An organization that can then have contracts and people.',
      body: newVendor,
      response: { 201: vendorView },
    },
    handler: (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const vendor = await addVendor(trx, ctx.programs, request.body, ctx.clock.now());
        const location = `/v1/vendors/${encodeURIComponent(vendor.code)}`;
        return { ...done(vendor), status: 201, location };
      }),
  });

  app.get('/v1/vendors/:code', {
    config: { policy: 'vendors.read', subject, etag: true },
    schema: {
      tags,
      operationId: 'getVendor',
      summary: 'One vendor',
      description: 'Its code and name.',
      params,
      response: { 200: vendorView },
    },
    handler: async (request, reply) => {
      const vendor = await vendorByCode(ctx.db, request.params.code);
      if (!vendor) throw missing();
      return conditional(request, reply, etagOf(vendor.version)) ? reply : vendor;
    },
  });

  app.patch('/v1/vendors/:code', {
    config: { policy: 'vendors.manage', subject, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'renameVendor',
      summary: 'Rename a vendor',
      description: 'Its code stays.',
      params,
      body: vendorChange,
      response: { 200: vendorView },
    },
    handler: (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const vendor = await lockedVendor(trx, request.params.code);
        if (!vendor) throw missing();
        requireMatch(request, vendor.version);
        return done(await renameVendor(trx, vendor, request.body.name, ctx.clock.now()));
      }),
  });
}

const missing = () => new NotFoundError('There is no such vendor.');

const done = (vendor: Vendor): Done => ({
  status: 200,
  body: vendor,
  etag: etagOf(vendor.version),
});
