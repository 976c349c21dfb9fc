import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';

export interface Keys {
  own: CryptoKey;
  /** The PEM of the public half, which somebody might take for a shared secret. */
  ownPublic: string;
  strange: CryptoKey;
}

/** Makes the ID token that is handed out next, of claims that would do; null: none at all. */
export type Forge = (claims: JWTPayload, keys: Keys) => Promise<string | null>;

export interface ForgingProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the next token is; null: one that is good. */
  forge: Forge | null;
  /** What the next token tells, as far as it differs. */
  nonce: string;
  stop(): Promise<void>;
}

export const SUBJECT = 'sub-of-sam';
const KID = 'the-key';

export const signed = (claims: JWTPayload, key: CryptoKey | Uint8Array, alg = 'RS256', kid = KID) =>
  new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);

export const goodForge: Forge = (claims, { own }) => signed(claims, own);

/** A provider that answers whatever it is told to, in form as a real one. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { privateKey: strange } = await generateKeyPair('RS256');
  const keys = { own: privateKey, ownPublic: await exportSPKI(publicKey), strange };
  const jwk = { ...(await exportJWK(publicKey)), kid: KID, use: 'sig', alg: 'RS256' };

  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: ForgingProvider = {
    ...{ issuer, clientId: 'planning-year', clientSecret: 'a-secret-of-the-tests-0123456789' },
    ...{ forge: null, nonce: '' },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const documents: Record<string, () => Promise<object> | object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    }),
    '/jwks': () => ({ keys: [jwk] }),
    '/token': async () => {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        ...{ iss: issuer, aud: provider.clientId, sub: SUBJECT, nonce: provider.nonce },
        ...{ iat: now, exp: now + 300, amr: ['mfa'] },
        ...{ email: 'sam.state@example.org', email_verified: true },
      };
      const idToken = await (provider.forge ?? goodForge)(claims, keys);
      return {
        ...{ access_token: 'an-access-token', token_type: 'Bearer', expires_in: 300 },
        ...(idToken !== null && { id_token: idToken }),
      };
    },
  };
  server.on('request', async (request, reply) => {
    const document = await documents[request.url!.split('?')[0]!]?.();
    reply.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(document ?? {}));
  });
  return provider;
}
