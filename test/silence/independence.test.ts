import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const FOLDER = join(import.meta.dirname, 'support/expectation');

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

describe('what is expected of reminders', () => {
  test('shares no code and no rule file with the product: its files know of nothing but each other', () => {
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const sources = [...text.matchAll(/\bfrom\s+'([^']+)'/g)].map(([, source]) => source);
      const foreign = sources.filter((source) => !/^\.\/[a-z-]+\.ts$/.test(source!));
      expect({ file, foreign }).toEqual({ file, foreign: [] });
      // Nothing is brought in by another way, nor read from a disk.
      expect(text).not.toMatch(
        /\bimport\s*\(|\bimport\s+'|\brequire\b|\bprocess\b|readFile|\.yaml/,
      );
    }
  });
});
