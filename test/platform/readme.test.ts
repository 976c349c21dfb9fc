import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { settings } from '../../src/settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

test('the README tells of every setting, with its default and its meaning', () => {
  for (const [name, { default: fallback, meaning }] of Object.entries(settings)) {
    const shown = fallback === null ? '' : `\`${fallback}\``;
    expect(readme).toContain(`| \`${name}\` | ${shown} | ${meaning} |`);
  }
});

test('the two commands stand at its top, and every command in its table', () => {
  const top = readme.slice(0, 600);
  expect(top).toContain('npm ci && npm start');
  expect(top).toContain('npm test');
  for (const name of Object.keys(scripts).filter((script) => script !== 'check'))
    expect(readme).toMatch(new RegExp(`\`npm (run )?${name}\\b`));
});

test('its folder map names every room', () => {
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  for (const room of rooms) expect(readme).toContain(`\`src/${room}/\``);
  for (const folder of ['calendar', 'machines', 'migrations', 'test', 'bench'])
    expect(readme).toContain(`\`${folder}/\``);
});
