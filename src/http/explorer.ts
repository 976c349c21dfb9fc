import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Config } from '../config.ts';
import type { App } from './app.ts';
import { openApiOptions } from './openapi.ts';

/** Where the explorer's pages live. */
export const EXPLORER = '/docs';

/** Gathers the routes that are added from here on into the document. */
export async function installOpenApi(app: App, config: Config): Promise<void> {
  await app.register(swagger, openApiOptions(app.base, config));
}

/**
 * A page on which every call can be tried with a pasted key. The key is gone with the page: whoever
 * comes to the browser later finds none, nor one that an earlier release has left there.
 */
export async function installExplorer(app: App): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: EXPLORER,
    indexPrefix: app.base,
    staticCSP: true,
    // The plugin's policy asks browsers to use HTTPS, which a server on localhost does not speak.
    transformStaticCSP: (header) => header.replace(/\s*upgrade-insecure-requests;?/, ''),
    uiConfig: { persistAuthorization: false, docExpansion: 'list', tryItOutEnabled: true },
    theme: {
      title: 'Planning year: API',
      js: [{ filename: 'forget-keys.js', content: "localStorage.removeItem('authorized');" }],
    },
  });
}
