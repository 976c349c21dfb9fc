import { inFile, type Mistake } from './mistake.ts';

const PAGES = 'test/tasks/pages.test.ts';
const PAGING = 'test/http/paging.test.ts';
const CURSORS = 'test/http/cursors.test.ts';
const tasks = inFile('src/tasks/find.ts', PAGES);
const paging = inFile('src/http/paging.ts', PAGING, PAGES);
const changes = inFile('src/reports/changes.ts', 'test/reports/changes.test.ts');

/** Pages of lists, and the cursors that lead from one to the next. */
export default [
  tasks(
    'Tasks of the day on which a page ends are left out',
    '(t.due_on = ${after.dueOn} and t.id > ${after.id})',
    '(t.due_on = ${after.dueOn} and t.id > ${after.id} and false)',
  ),
  tasks(
    'The last task of a page comes again',
    't.due_on = ${after.dueOn} and t.id > ${after.id}',
    't.due_on = ${after.dueOn} and t.id >= ${after.id}',
  ),
  tasks('Tasks without a date are left out after the first page', 'or t.due_on is null or', 'or'),
  tasks(
    'Tasks without a date come again on each page',
    "else if (after) rows = rows.where('t.dueOn', 'is', null).where('t.id', '>', after.id);",
    "else if (after) rows = rows.where('t.dueOn', 'is', null);",
  ),
  tasks(
    'Among tasks without a date those with one come again',
    ".where('t.dueOn', 'is', null).where('t.id', '>', after.id)",
    ".where('t.id', '>', after.id)",
  ),
  tasks('Tasks without a date come first', 'order.asc().nullsLast()', 'order.asc().nullsFirst()'),
  tasks('Tasks of one day come in any order', "    .orderBy('t.id')\n", ''),
  tasks(
    'The latest come first',
    '(order) => order.asc().nullsLast()',
    '(order) => order.desc().nullsLast()',
  ),
  tasks(
    'A filter by status is ignored',
    "rows = rows.where('t.status', '=', query.status);",
    'rows = rows.where(sql<boolean>`true`);',
    {
      tests: [
        'test/planning-years/routes.test.ts',
        'test/policy/by-hand.test.ts',
        'test/planning-years/whole-year.test.ts',
      ],
    },
  ),
  paging(
    'The last page leads to another',
    'rows.length > limit && last !== undefined',
    'rows.length >= limit && last !== undefined',
  ),
  paging(
    'No page leads to the next',
    'rows.length > limit && last !== undefined',
    'rows.length > limit + 1 && last !== undefined',
  ),
  paging('A page is one longer than asked for', 'rows.slice(0, limit)', 'rows.slice(0, limit + 1)'),
  paging(
    'The next page begins behind the row that told of it',
    'const last = shown.at(-1);',
    'const last = rows.at(-1);',
  ),
  paging(
    'A cursor fits any filter',
    'JSON.stringify([request.routeOptions.url, request.params, filters])',
    'JSON.stringify([request.routeOptions.url, request.params])',
    { tests: [PAGING, CURSORS] },
  ),
  paging(
    'A cursor fits any list',
    'JSON.stringify([request.routeOptions.url, request.params, filters])',
    'JSON.stringify([filters])',
    { tests: [PAGING, CURSORS] },
  ),
  paging(
    'The Link header is missing',
    "if (nextCursor !== null) reply.header('link'",
    "if (nextCursor === null) reply.header('link'",
  ),
  paging(
    'A list does not say that it leaves something out',
    '...(leftOut > 0 && { warnings: [leavesOut(leftOut)] })',
    '...{}',
    { tests: ['test/mending/poison.test.ts', 'test/upgrade/writers.test.ts'] },
  ),
  inFile('src/http/cursors.ts', CURSORS)(
    'A cursor of anybody’s making is taken',
    'timingSafeEqual(',
    '((..._: unknown[]) => true)(',
  ),
  changes(
    'What changed in the transaction of the cursor is told again',
    '(y.changed_in, y.id) > (${from?.transaction}::xid8, ${after}::uuid)',
    '(y.changed_in, y.id) >= (${from?.transaction}::xid8, ${after}::uuid)',
  ),
  changes(
    'What changed just behind the cursor is lost',
    'y.changed_in >= ${from?.transaction}::xid8',
    'y.changed_in > ${from?.transaction}::xid8',
  ),
  changes(
    'What is still being written is passed over',
    'y.changed_in < ${upTo}::xid8',
    'y.changed_in <= ${upTo}::xid8',
  ),
  changes('A page that is not full leads to its last year', 'end && years.length === limit', 'end'),
  changes(
    'A cursor of another database is taken',
    'if (claimed && claimed.database !== database) throw expired();',
    '',
  ),
  changes(
    'A cursor from before a restore is taken',
    'if (from && BigInt(from.transaction) > BigInt(last)) throw expired();',
    '',
  ),
] satisfies Mistake[];
