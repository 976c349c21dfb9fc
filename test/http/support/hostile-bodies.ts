import { HEADER } from '../../schools/directory-file.ts';

/** A request whose body, or address, was made to keep the server busy. */
export interface Hostile {
  method?: 'GET' | 'POST' | 'PUT';
  url: string;
  type?: string;
  payload?: string | Buffer;
  /** What it is refused with. */
  status: number;
}

const MIB = 1024 * 1024;
const IMPORTS = ['schools', 'designations', 'assignments', 'contracts'];

/** The same for every machine: nothing of it is random. */
export function bodies(): ({ name: string } & Hostile)[] {
  const csv = (name: string, payload: string | Buffer, url = '/v1/imports/schools') => ({
    ...{ name, url, type: 'text/csv', payload, status: 422 },
  });
  const json = (name: string, payload: string, status: number, url = '/v1/people') => ({
    ...{ name, url, type: 'application/json', payload, status },
  });
  const mail = (name: string, payload: string, status: number) => ({
    ...{ name, url: '/v1/mail/reports/message', type: 'message/rfc822', payload, status },
  });
  const many = (count: number, of: (n: number) => string, between = ',') =>
    Array.from({ length: count }, (_, n) => of(n)).join(between);
  return [
    ...IMPORTS.map((kind) =>
      csv(`32 MB of empty lines as ${kind}`, '\n'.repeat(32 * MIB - 1), `/v1/imports/${kind}`),
    ),
    csv('a header and 32 MB of empty lines', `${HEADER}\n${'\n'.repeat(31 * MIB)}`),
    csv('a header and 32 MB of empty lines of Windows', `${HEADER}\n${'\r\n'.repeat(15 * MIB)}`),
    csv('a header and 32 MB of blanks in lines', `${HEADER}\n${' \n'.repeat(15 * MIB)}`),
    csv('a header of 60,000 names', `${many(60_000, (n) => `n${n}`)}\n`),
    csv('a header of a million times one name', `${'a,'.repeat(MIB)}a\n`),
    csv(
      'a header of 150 names, each 200,000 letters',
      many(150, () => 'x'.repeat(200_000)),
    ),
    csv('32 MB of commas', ','.repeat(32 * MIB - 1)),
    csv('a header and 31 MB of commas', `${HEADER}\n${','.repeat(31 * MIB)}`),
    csv('a header and lines of commas', `${HEADER}\n${`${','.repeat(900)}\n`.repeat(34_000)}`),
    csv('a cell of 31 MB', `${HEADER}\n${'x'.repeat(31 * MIB)}`),
    csv('a quote that never ends', `${HEADER}\n"${'x'.repeat(31 * MIB)}`),
    csv('31 MB of quotes', `${HEADER}\n${'"'.repeat(31 * MIB)}`),
    csv('31 MB of empty quoted cells', `${HEADER}\n${'"",'.repeat(10 * MIB)}`),
    csv('cells of doubled quotes', `${HEADER}\n${`"${'""'.repeat(MIB)}"\n`.repeat(15)}`),
    csv('cells of many lines', `${HEADER}\n${`"${'\n'.repeat(2 * MIB)}"\n`.repeat(15)}`),
    csv('31 MB of NULs', `${HEADER}\n${'\0'.repeat(31 * MIB)}`),
    csv('lines of NULs', `${HEADER}\n${'\0\n'.repeat(15 * MIB)}`),
    { ...csv('more than 32 MB', Buffer.alloc(33 * MIB, ',')), status: 413 },
    json('lists within lists', `{"name":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 400),
    json('objects within objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, 400),
    json('nested and never closed', '['.repeat(MIB - 10), 400),
    json('90,001 unknown fields', `{${many(90_001, (n) => `"f${n}":1`)}}`, 413),
    json('15,000 unknown fields', `{${many(15_000, (n) => `"f${n}":1`)}}`, 400),
    json(
      '15,000 fields whose names are no text',
      `{${many(15_000, (n) => `"\\u0000${n}":1`)}}`,
      400,
    ),
    json('one field 100,000 times', `{${many(100_000, () => '"name":1')}}`, 413),
    json('a list of 300,000 numbers', `[${many(300_000, () => '1')}]`, 413),
    json('names like numbers', `{${many(19_000, (n) => `"${n * 7919}":1`)}}`, 400),
    json('a megabyte of NULs', `{"name":"${'\\u0000'.repeat(170_000)}"}`, 400),
    json('a name of a megabyte', `{"name":"${'x'.repeat(MIB - 100)}","email":"a@b.c"}`, 400),
    json('an address of a megabyte', `{"name":"a","email":"${'a.'.repeat(500_000)}@a"}`, 400),
    json('an address of dots', `{"name":"a","email":"a@${'a.'.repeat(500_000)}!"}`, 400),
    json('a name of blanks', `{"name":"${' '.repeat(MIB - 100)}x\\n","email":"a@b.c"}`, 400),
    json(
      '15,000 tasks that are none',
      `{"tasks":[${many(15_000, () => '"x"')}]}`,
      400,
      '/v1/tasks/complete',
    ),
    json(
      'the key of 15,000 schools',
      `{"role":"coordinator","label":"x","scope":{"schools":[${many(15_000, () => '""')}]}}`,
      400,
      '/v1/keys',
    ),
    json(
      'a report about 15,000 recipients',
      `{"ses":{"mail":{"messageId":"x"},"bounce":{"bounceType":"Permanent","bouncedRecipients":[${many(9_000, (n) => `{"emailAddress":"a${n}@b.c"}`)}]}}}`,
      400,
      '/v1/mail/reports',
    ),
    mail('a mail of blank lines', `Subject: x\r\n\r\n${'\r\n'.repeat(MIB - 100)}`, 413),
    mail('a mail of line feeds', '\n'.repeat(2 * MIB - 1), 413),
    mail('300 nested parts', nested(300), 413),
    mail('90 nested parts', nested(90), 400),
    mail('100,000 parts', `${MULTIPART}${'--b\r\n\r\n'.repeat(100_000)}`, 413),
    mail(
      '100,000 headers',
      many(100_000, (n) => `X-${n}: 1`, '\r\n'),
      413,
    ),
    mail(
      '9,000 headers',
      many(9_000, (n) => `X-Header-${n}: ${'one '.repeat(9)}`, '\r\n'),
      400,
    ),
    mail('a header of two megabytes', `Subject: ${'=?utf-8?q?a?= '.repeat(140_000)}`, 400),
    mail(
      'a report of 7,000 recipients',
      `${MULTIPART}--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n${'\r\nFinal-Recipient: rfc822; a@b.c\r\nAction: failed\r\n'.repeat(7_000)}\r\n--b--\r\n`,
      413,
    ),
    {
      ...{ name: 'a huge cursor', method: 'GET' as const, status: 400 },
      url: `/v1/people?cursor=${'A'.repeat(15_000)}`,
    },
    {
      ...{ name: 'thousands of query parameters', method: 'GET' as const, status: 400 },
      url: `/v1/people?${many(3_000, (n) => `a${n}`, '&')}`,
    },
    {
      ...{ name: 'one parameter thousands of times', method: 'GET' as const, status: 400 },
      url: `/v1/people?${many(3_000, () => 'q=1', '&')}`,
    },
    {
      ...{ name: 'a form of many fields', url: '/sign-in', status: 400 },
      type: 'application/x-www-form-urlencoded',
      payload: many(2_500, (n) => `${n}=`, '&'),
    },
  ];
}

const MULTIPART = 'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n';

function nested(depth: number): string {
  const open = (n: number) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`;
  return Array.from({ length: depth }, (_, n) => open(n)).join('');
}
