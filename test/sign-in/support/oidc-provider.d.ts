/** As much of the package's shape as the tests use; it brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  interface Context {
    oidc: {
      client?: { clientId: string };
      session?: { accountId?: string };
      provider: { Grant: new (of: { clientId: string; accountId: string }) => Grant };
    };
  }

  interface Settings {
    clients: { client_id: string; client_secret: string; redirect_uris: string[] }[];
    claims: Record<string, string[]>;
    features: Record<string, { enabled: boolean }>;
    interactions: { url(ctx: Context, interaction: { uid: string }): string };
    findAccount(
      ctx: Context,
      accountId: string,
    ): { accountId: string; claims(): Promise<Record<string, unknown>> };
    loadExistingGrant(ctx: Context): Promise<Grant>;
    pkce: { required(): boolean };
    conformIdTokenClaims: boolean;
  }

  export default class Provider {
    constructor(issuer: string, settings: Settings);
    callback(): (request: IncomingMessage, reply: ServerResponse) => void;
    interactionFinished(
      request: IncomingMessage,
      reply: ServerResponse,
      result: { login: { accountId: string; amr: string[] } },
    ): Promise<void>;
  }
}
