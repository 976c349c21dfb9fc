import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Bench, Measured } from './figure.ts';
import { groups } from './figures.ts';
import { startServer } from './server.ts';
import { jsonLine, table } from './table.ts';

/**
 * `npm run bench [-- --json] [-- --only transition,sweep.10k]`: measures ours against the limit, both
 * in this run on this machine. Figures go to standard output, what is going on to standard error.
 */
const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const bounds = new Map(groups.flatMap((group) => group.bounds.map((bound) => [bound.name, bound])));
const wanted = new Set(values.only?.split(',') ?? bounds.keys());
const unknown = [...wanted].filter((name) => !bounds.has(name));
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. Use: ${[...bounds.keys()].join(', ')}.`);
  process.exit(2);
}

const log = pino({ level: 'fatal' });
const server = await startServer(log);
const begun = Date.now();
const say = (what: string) =>
  console.error(`${String(Math.round((Date.now() - begun) / 1000)).padStart(4)} s  ${what}`);
const bench: Bench = { server, log, say };
const measured: Measured[] = [];
try {
  for (const group of groups) {
    if (!group.bounds.some(({ name }) => wanted.has(name))) continue;
    const figures = (await group.measure(bench, wanted)).filter(({ name }) => wanted.has(name));
    if (values.json) for (const figure of figures) console.log(jsonLine(figure, bounds));
    measured.push(...figures);
  }
} finally {
  await server.stop();
}
if (!values.json) {
  console.log(table(measured, bounds));
  console.log(`\n${groups.map(({ method }) => method).join('\n')}`);
}
