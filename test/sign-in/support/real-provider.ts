import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';

/** Whoever sits before the browser: what they say at the provider. */
export interface Account {
  subject: string;
  email: string;
  /** Left out: the provider says nothing of it. */
  emailVerified?: boolean | string;
  amr: string[];
  /** Further claims of the ID token, as Microsoft Entra tells. */
  more?: Record<string, string>;
}

/** Which claims name somebody, and their address. */
export const AS_USUAL = { addressClaim: null, subjectClaims: ['sub'] };

export interface RealProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next. */
  account: Account;
  /** Goes where a browser is sent, signs in, and comes back with the address it is sent back to. */
  visit(entrance: string): Promise<URL>;
  stop(): Promise<void>;
}

/** A certified OpenID provider in this process, on a free port; it asks nobody for a password. */
export async function startRealProvider(redirect: string): Promise<RealProvider> {
  // It warns of everything that a server for real people would need.
  for (const level of ['info', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
  const { default: Provider } = await import('oidc-provider');
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['planning-year', 'a-secret-of-the-tests-0123456789'];
  const state: { account: Account } = {
    account: { subject: 's', email: '', emailVerified: true, amr: ['pwd'] },
  };

  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect] }],
    claims: {
      openid: ['sub', 'amr', 'tid', 'oid'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
    },
    // As most providers do, and the standard does not ask for.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, accountId) => ({
      accountId,
      claims: async () => ({
        sub: accountId,
        ...(state.account.email !== '' && { email: state.account.email }),
        ...(state.account.emailVerified !== undefined && {
          email_verified: state.account.emailVerified,
        }),
        amr: state.account.amr,
        ...state.account.more,
      }),
    }),
    async loadExistingGrant(ctx) {
      const { oidc } = ctx;
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
  });
  const answer = provider.callback();
  server.on('request', (request, reply) => {
    if (!request.url!.startsWith('/interaction/')) return void answer(request, reply);
    const { subject: accountId, amr } = state.account;
    void provider.interactionFinished(request, reply, { login: { accountId, amr } });
  });

  return {
    issuer,
    clientId,
    clientSecret,
    get account() {
      return state.account;
    },
    set account(account: Account) {
      state.account = account;
    },
    async visit(entrance) {
      const cookies = new Map<string, string>();
      let at = entrance;
      for (let step = 0; step < 10; step++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const reply = await fetch(at, { redirect: 'manual', headers: { cookie } });
        for (const line of reply.headers.getSetCookie()) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
          cookies.set(name!, value!);
        }
        const location = reply.headers.get('location');
        if (location === null) throw new Error(`${reply.status} ${await reply.text()}`);
        at = new URL(location, at).href;
        if (at.startsWith(redirect)) return new URL(at);
      }
      throw new Error('The provider leads in circles.');
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
