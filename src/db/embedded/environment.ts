/**
 * What PostgreSQL's programs are started with. A foreign locale, time zone or PG* variable would
 * change what they do; Windows can't start a program without its own variables.
 */
export const bareEnvironment = (): Record<string, string> | undefined =>
  process.platform === 'win32' ? undefined : { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };
