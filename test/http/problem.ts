import { expect } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { problemSchema } from '../../src/http/schemas.ts';

/** Holds a reply to what every refusal promises, and returns the document. */
export function expectProblem(reply: LightMyRequestResponse, status: number, code?: string) {
  expect([reply.statusCode, reply.body]).toEqual([status, expect.any(String)]);
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const document = problemSchema.parse(reply.json());
  expect(document.status).toBe(status);
  expect(document.requestId).toBe(reply.headers['x-request-id']);
  expect(document.type).toBe(`urn:problem-type:planning-year:${document.code}`);
  if (code !== undefined) expect(document.code).toBe(code);
  return document;
}
