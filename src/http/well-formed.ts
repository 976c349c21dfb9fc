/**
 * The address that a request is taken to name, whatever its text: the framework answers to one that it
 * can't read by itself, past the guard, the log and all that every reply promises. What is badly
 * escaped is taken letter by letter, and names nothing.
 *
 * @param url as it stands in the request line: a path, a whole address (RFC 9112, 3.2.2), or `*`
 */
export function wellFormed(url = '/'): string {
  const local = url.startsWith('/') ? url : pathOf(url);
  if (!local.includes('%')) return local;
  const end = local.indexOf('?');
  const path = end === -1 ? local : local.slice(0, end);
  return isEscaped(path) ? local : path.replaceAll('%', '%25') + local.slice(path.length);
}

function pathOf(url: string): string {
  const { pathname, search } = URL.parse(url) ?? { pathname: '', search: '' };
  return pathname.startsWith('/') ? pathname + search : `/${url.replace(/[^*]/g, '-')}`;
}

function isEscaped(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
