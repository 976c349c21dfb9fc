import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { backup } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { fingerprintOf, keyFile, ownFingerprint, signingKey } from '../../src/backup/signing.ts';
import { trusting } from '../../src/backup/trust.ts';
import { type TestContext, testContext } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { backupFolder, edit, linesOf, rewrite } from './support/backup-file.ts';

const files = backupFolder();
const AT = new Date('2026-12-01T12:00:00Z');
let source: TestContext;
let own: string;

beforeAll(async () => {
  source = await testContext({});
  const key = await signingKey(files.folder);
  own = fingerprintOf(createPublicKey(key));
  await backup(source.ctx.db, files.file('signed'), { at: AT, key });
  await backup(source.ctx.db, files.file('unsigned'), { at: AT });
});
afterAll(async () => {
  await source.drop();
  files.remove();
});

const nobody = { own: null, fingerprint: undefined, unsigned: false };

/** Restores into a database of its own; what the audit tells of it, or the refusal. */
async function outcomeOf(file: string, trust: Parameters<typeof trusting>[0]) {
  const target = await createTestDatabase();
  try {
    const restored = await restore(target.db, files.file(file), {
      at: AT,
      trusts: trusting(trust),
    });
    const facts = await target.db.selectFrom('auditEntries').select(['actor', 'detail']).execute();
    return {
      signer: restored.signer,
      told: facts.find(({ actor }) => actor === 'restore')?.detail,
    };
  } catch (error) {
    return (error as Error).message;
  } finally {
    await target.drop();
  }
}

describe('a backup', () => {
  test('that this installation signed is restored without a question, and witnessed', async () => {
    expect(await ownFingerprint(files.folder)).toBe(own);
    expect(await outcomeOf('signed', { ...nobody, own })).toEqual({
      signer: own,
      told: { restored: AT.toISOString(), signer: own },
    });
  });

  test('of another installation is restored where its fingerprint is named, and nowhere else', async () => {
    const other = 'f'.repeat(64);
    expect(await outcomeOf('signed', { ...nobody, own: other })).toContain(`--trust ${own}`);
    expect(await outcomeOf('signed', { ...nobody, fingerprint: other })).toContain('--trust');
    expect(await outcomeOf('signed', { ...nobody, unsigned: true })).toContain('--trust');
    expect(await outcomeOf('signed', { ...nobody, fingerprint: own })).toMatchObject({
      signer: own,
    });
  });

  test('that nobody signed is restored where that is asked for, and witnessed as such', async () => {
    expect(await outcomeOf('unsigned', { ...nobody, own })).toContain('--unsigned');
    expect(await outcomeOf('unsigned', { ...nobody, unsigned: true })).toEqual({
      signer: null,
      told: { restored: AT.toISOString(), signer: null },
    });
  });

  test('with something added and its digest made anew is not taken for ours', async () => {
    const added = edit(/"createdAt":"2026/, '"createdAt":"2025');
    rewrite(files.file('signed'), files.file('resealed'), added);
    expect(await outcomeOf('resealed', { ...nobody, own })).toContain('--unsigned');

    // The old signature over a new digest.
    const old = JSON.parse(linesOf(files.file('signed')).at(-1)!);
    const fresh = JSON.parse(linesOf(files.file('resealed')).at(-1)!);
    const forged = JSON.stringify({ ...fresh, signed: old.signed });
    rewrite(files.file('resealed'), files.file('forged'), (lines) => lines, { end: forged });
    expect(await outcomeOf('forged', { ...nobody, own })).toContain('signature does not hold');
  });
});

test('a key file that holds no key is told, and never written over', async () => {
  const other = backupFolder();
  const { writeFileSync, readFileSync, statSync } = await import('node:fs');
  await signingKey(other.folder);
  expect(statSync(keyFile(other.folder)).mode & 0o777).toBe(0o600);
  writeFileSync(keyFile(other.folder), 'nothing');
  await expect(signingKey(other.folder)).rejects.toThrow('holds no key');
  expect(readFileSync(keyFile(other.folder), 'utf8')).toBe('nothing');
  other.remove();
});
