import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from './app.ts';
import { openApiOptions } from './openapi.ts';

/** Where the explorer's pages live. */
export const EXPLORER = '/docs';

/** Gathers the routes that are added from here on into the document. */
export async function installOpenApi(app: App): Promise<void> {
  await app.register(swagger, openApiOptions);
}

/** A page on which every call can be tried with a pasted key, which the browser remembers. */
export async function installExplorer(app: App): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: EXPLORER,
    staticCSP: true,
    // The plugin's policy asks browsers to use HTTPS, which a server on localhost does not speak.
    transformStaticCSP: (header) => header.replace(/\s*upgrade-insecure-requests;?/, ''),
    uiConfig: { persistAuthorization: true, docExpansion: 'list', tryItOutEnabled: true },
    theme: { title: 'Planning year: API' },
  });
}
