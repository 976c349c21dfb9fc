import type { LightMyRequestResponse } from 'fastify';
import type { App } from '../../../src/http/app.ts';

/** As much of a browser as signing in needs: it keeps cookies, and says where a form came from. */
export interface Browser {
  cookies: Map<string, string>;
  /** The last reply. */
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** Sends the form whose action it is, of the page that was seen last. */
  submit(
    action: string | RegExp,
    fields?: Record<string, string>,
    headers?: Record<string, string | undefined>,
  ): Promise<LightMyRequestResponse>;
  /** The value of the hidden proof in the page that was seen last. */
  proof(): string;
  /** A copy that goes its own way from here. */
  copy(): Browser;
}

export const ORIGIN = 'http://localhost:3000';

export function browser(app: App, remoteAddress = '127.0.0.1', origin = ORIGIN): Browser {
  return browserWith(app, remoteAddress, origin, new Map(), '');
}

function browserWith(
  app: App,
  remoteAddress: string,
  origin: string,
  cookies: Map<string, string>,
  seen: string,
): Browser {
  let page = seen;
  const keep = (reply: LightMyRequestResponse) => {
    for (const { name, value, maxAge } of reply.cookies)
      if (maxAge === 0) cookies.delete(name);
      else cookies.set(name, value);
    if (String(reply.headers['content-type']).startsWith('text/html') && reply.body !== '')
      page = reply.body;
    return reply;
  };
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const proof = () => /name="proof" value="([^"]*)"/.exec(page)?.[1] ?? '';
  return {
    cookies,
    proof,
    async get(url, headers = {}) {
      const sent = { accept: 'text/html', cookie: cookie(), ...headers };
      return keep(await app.inject({ url, headers: sent, remoteAddress }));
    },
    async submit(action, fields = {}, headers = {}) {
      const actions = [...page.matchAll(/action="([^"]*)"/g)].map(([, each]) => each!);
      const url = actions.find((each) =>
        action instanceof RegExp ? action.test(each) : action === each,
      );
      if (url === undefined) throw new Error(`No form goes to ${action}; there are: ${actions}`);
      const sent = {
        accept: 'text/html',
        cookie: cookie(),
        origin,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      };
      const payload = new URLSearchParams({ ...hiddenIn(page, url), ...fields }).toString();
      return keep(await app.inject({ method: 'POST', url, headers: sent, payload, remoteAddress }));
    },
    copy: () => browserWith(app, remoteAddress, origin, new Map(cookies), page),
  };
}

/** What a form sends along unseen. */
function hiddenIn(page: string, action: string): Record<string, string> {
  const forms = page.split('<form ').filter((form) => form.includes(`action="${action}"`));
  const [form = ''] = forms[0]?.split('</form>') ?? [];
  const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name!, value!]));
}
