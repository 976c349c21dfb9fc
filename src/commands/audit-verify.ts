import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { verifyExport } from '../audit/verify.ts';

/** `npm run audit:verify -- FILE [--heads]`: checks an export of the audit, offline. */
const { values, positionals } = parseArgs({
  options: { heads: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [file] = positionals;
if (file === undefined || positionals.length > 1) {
  process.stderr.write('Use: npm run audit:verify -- FILE [--heads]\n');
  process.exitCode = 2;
} else await verify(file);

async function verify(path: string): Promise<void> {
  const input = createReadStream(path, 'utf8');
  try {
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    const { heads, lastSeal, ...found } = await verifyExport(lines);
    const say = (line: string) => process.stdout.write(`${line}\n`);
    if (values.heads) for (const [year, { seq, hash }] of heads) say(`${year} ${seq} ${hash}`);
    for (const fault of found.faults) say(`BROKEN: ${fault}.`);
    say(
      `${found.planningYears} planning years with ${found.entries} entries, ${found.facts} facts, ${found.seals} seals: ${found.faults.length} faults.`,
    );
    if (found.notShown > 0)
      say(`${found.notShown} sealed things are outside of what this export shows.`);
    if (lastSeal) say(`Last seal: ${lastSeal.sealedOn} ${lastSeal.digest}`);
    process.exitCode = found.faults.length > 0 ? 1 : 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(code === 'ENOENT' ? `There is no file ${path}.\n` : `${error}\n`);
    process.exitCode = 2;
  }
}
