import type { App } from './app.ts';

/** The addresses of all routes, told by what their patterns match. */
export interface Addresses {
  /** Which methods an address answers to. */
  methodsOf(url: string): string[];
  /** The page that somebody means who types capital letters, or a slash at the end; null: none. */
  pageMeant(url: string): string | null;
}

/** Knows the routes that are added from here on. */
export function knownAddresses(app: App): Addresses {
  const routes: { methods: string[]; pattern: RegExp }[] = [];
  const pages: { steps: string[]; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (url.includes('*')) return;
    const escaped = url.replaceAll('.', '[.]').replace(/:[^/]+/g, '[^/]+');
    const methods = [method].flat();
    routes.push({ methods, pattern: new RegExp(`^${escaped}$`) });
    // Pages are for people, and stand in no description of the API.
    if (schema?.hide === true && methods.includes('GET'))
      pages.push({ steps: url.split('/'), pattern: new RegExp(`^${escaped}/*$`, 'i') });
  });
  return {
    methodsOf(url) {
      const path = pathOf(url);
      return [
        ...new Set(routes.flatMap(({ methods, pattern }) => (pattern.test(path) ? methods : []))),
      ];
    },
    pageMeant(url) {
      const path = pathOf(url);
      const page = pages.find(({ pattern }) => pattern.test(path));
      if (page === undefined) return null;
      const typed = path.split('/');
      // What stands for something by itself, such as the secret of a link, is as it was typed.
      const steps = page.steps.map((step, at) => (step.startsWith(':') ? typed[at] : step));
      return steps.join('/') + url.slice(path.length);
    },
  };
}

const pathOf = (url: string): string => url.split('?')[0]!;
