import { createGunzip, type Gunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { UnsupportedCodingError } from './http-errors.ts';

/**
 * Unpacks bodies that come compressed by gzip, and refuses every other coding. What comes out is held to
 * the limit of its kind while it comes: of a body that unfolds to a gigabyte no more is unpacked than that.
 */
export function installUnpacking(app: App): void {
  const unpacking = new WeakMap<FastifyRequest, Gunzip>();
  app.addHook('preParsing', async (request, _reply, packed) => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (coding === '' || coding === 'identity') return packed;
    if (coding !== 'gzip' && coding !== 'x-gzip') throw new UnsupportedCodingError(coding);
    // The framework holds it against Content-Length.
    const unpacked = Object.assign(createGunzip(), { receivedEncodedLength: 0 });
    unpacking.set(request, unpacked);
    packed.on('data', (chunk: Buffer) => {
      unpacked.receivedEncodedLength += chunk.length;
    });
    packed.on('error', (error) => unpacked.destroy(error));
    // It closes when all of it has come, too; then what is unpacked is still to be read.
    request.raw.on('close', () => {
      if (!request.raw.complete) unpacked.destroy();
    });
    // Whoever reads it listens, too; this one is for when nobody does any more.
    unpacked.on('error', () => {});
    return packed.pipe(unpacked);
  });
  app.addHook('onError', async (request) => {
    const unpacked = unpacking.get(request);
    if (unpacked === undefined) return;
    request.raw.unpipe(unpacked);
    unpacked.destroy();
  });
}
