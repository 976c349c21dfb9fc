import * as client from 'openid-client';
import type { ProviderConfig } from '../config.ts';
import { isLoopback } from '../config-rules.ts';
import { UnavailableError } from '../http/http-errors.ts';
import { derived } from '../http/secrets.ts';
import type { Claims } from './identity-store.ts';

/** The OpenID provider, by authorization code with PKCE. */
export interface Provider {
  /** Where the browser goes to sign in. */
  entrance(browser: string, state: string): Promise<URL>;
  /**
   * What the provider says of whoever comes back.
   *
   * @param address the redirect address with all that the provider added
   * @throws ProviderRefusal when anything about it is not as it must be
   * @throws UnavailableError when the provider does not answer
   */
  claims(address: URL, browser: string, state: string): Promise<Claims>;
}

/** What came from the provider does not hold. `reason` is for the log and holds no token. */
export class ProviderRefusal extends Error {
  override name = 'ProviderRefusal';
  readonly reason: string;
  constructor(reason: string) {
    super(`The provider's answer is refused: ${reason}.`);
    this.reason = reason;
  }
}

/**
 * Verifier and nonce follow from the browser's cookie and the state: they are nowhere stored, and in
 * another browser they are others.
 *
 * @param redirect the address to which the provider sends people back
 */
export function openIdProvider(config: ProviderConfig, redirect: string): Provider {
  let found: Promise<client.Configuration> | undefined;
  /** Asked for once; again when that failed. */
  const provider = () => {
    found ??= discover(config).catch((error) => {
      found = undefined;
      throw refusalOf(error);
    });
    return found;
  };

  return {
    async entrance(browser, state) {
      return client.buildAuthorizationUrl(await provider(), {
        redirect_uri: redirect,
        // Claims of an account beside its address come with its profile.
        scope: config.addressClaim === null ? 'openid email' : 'openid email profile',
        state,
        nonce: derived(browser, 'nonce', state),
        code_challenge: await client.calculatePKCECodeChallenge(verifierOf(browser, state)),
        code_challenge_method: 'S256',
        ...(config.secondFactor?.claim === 'acr' && {
          acr_values: config.secondFactor.values.join(' '),
        }),
      });
    },

    async claims(address, browser, state) {
      const issuer = await provider();
      try {
        const tokens = await client.authorizationCodeGrant(issuer, address, {
          pkceCodeVerifier: verifierOf(browser, state),
          expectedState: state,
          expectedNonce: derived(browser, 'nonce', state),
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        requireSecondFactor(config, claims);
        const email =
          addressIn(config, claims) ??
          addressIn(config, await moreAbout(issuer, tokens.access_token, claims.sub));
        return { issuer: claims.iss, subject: subjectIn(config, claims), email };
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: ProviderConfig) {
  const server = new URL(issuer);
  const found = await client.discovery(
    server,
    clientId,
    {},
    clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
    {
      timeout: 10,
      // Settings allow plain HTTP on this machine alone.
      ...(isLoopback(server.hostname) && { execute: [client.allowInsecureRequests] }),
    },
  );
  // The signature counts, not only the connection that a token came by.
  client.enableNonRepudiationChecks(found);
  return found;
}

const verifierOf = (browser: string, state: string): string => derived(browser, 'verifier', state);

function requireSecondFactor({ secondFactor }: ProviderConfig, claims: client.IDToken): void {
  if (secondFactor === null) return;
  const told = [claims[secondFactor.claim]].flat();
  if (!told.some((value) => typeof value === 'string' && secondFactor.values.includes(value)))
    throw new ProviderRefusal('noSecondFactor');
}

/** The address that the provider vouches for, or that of the claim that the settings believe. */
function addressIn(
  { addressClaim }: ProviderConfig,
  claims: Record<string, unknown>,
): string | null {
  const { email, email_verified: verified } = claims;
  const believed = addressClaim === null ? null : claims[addressClaim];
  if (typeof believed === 'string' && believed.includes('@')) return believed;
  // Some providers write every claim as text.
  return typeof email === 'string' && (verified === true || verified === 'true') ? email : null;
}

function subjectIn({ subjectClaims }: ProviderConfig, claims: Record<string, unknown>): string {
  const parts = subjectClaims.map((name) => claims[name]);
  if (!parts.every((part) => typeof part === 'string' && part !== ''))
    throw new ProviderRefusal('noSubject');
  return parts.join('.');
}

/** Many providers tell the address only when asked for it. */
async function moreAbout(issuer: client.Configuration, accessToken: string, subject: string) {
  if (!issuer.serverMetadata().userinfo_endpoint) return {};
  return client.fetchUserInfo(issuer, accessToken, subject);
}

function refusalOf(error: unknown): Error {
  if (error instanceof ProviderRefusal || error instanceof UnavailableError) return error;
  const { code, name } = error as { code?: unknown; name?: string };
  // Of what has no code of the protocol, most is a connection that did not come about.
  if (typeof code !== 'string' || code === 'OAUTH_TIMEOUT')
    return new UnavailableError(
      'The sign-in service of the state does not answer. Try again in a few minutes.',
    );
  return new ProviderRefusal(code.startsWith('OAUTH_') ? code : (name ?? 'unknown'));
}
