import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupRefusedError } from './errors.ts';
import type { Signature } from './format.ts';

/** Where an installation keeps the key that its backups are signed with (Ed25519, PKCS #8). */
export const keyFile = (dataDir: string): string => join(dataDir, 'backup-key.pem');

/** Reads the installation's key, and makes it when there is none. Only its owner can read the file. */
export async function signingKey(dataDir: string): Promise<KeyObject> {
  const known = await readKey(dataDir);
  if (known) return known;
  await mkdir(dataDir, { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    // Of two that make it at once one is first, and the other reads it.
    const file = await open(keyFile(dataDir), 'wx', OWNER_ONLY);
    await file.writeFile(pem);
    await file.sync();
    await file.close();
    return privateKey;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readKey(dataDir))!;
  }
}

/** The fingerprint of the installation's own key; null when it has none yet. */
export async function ownFingerprint(dataDir: string): Promise<string | null> {
  const key = await readKey(dataDir);
  return key && fingerprintOf(createPublicKey(key));
}

/** SHA-256 of a public key (SPKI), in hex: what `--trust` names. */
export const fingerprintOf = (key: KeyObject): string =>
  hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex');

export function signed(key: KeyObject, sha256: string): Signature {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    key: publicKey.toString('base64'),
    signature: sign(null, contentOf(sha256), key).toString('base64'),
  };
}

/** Who has signed that digest, by fingerprint; null when the signature does not hold. */
export function signerOf(sha256: string, { key, signature }: Signature): string | null {
  try {
    const spki = Buffer.from(key, 'base64');
    const publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    const holds = verify(null, contentOf(sha256), publicKey, Buffer.from(signature, 'base64'));
    return holds && publicKey.asymmetricKeyType === 'ed25519' ? fingerprintOf(publicKey) : null;
  } catch {
    return null;
  }
}

/** Signed for this purpose alone. */
const contentOf = (sha256: string): Buffer => Buffer.from(`planning-year-backup\n${sha256}\n`);

const OWNER_ONLY = 0o600;

async function readKey(dataDir: string): Promise<KeyObject | null> {
  try {
    return createPrivateKey(await readFile(keyFile(dataDir), 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'EACCES')
      throw new BackupRefusedError(`This user may not read ${keyFile(dataDir)}.`);
    throw new BackupRefusedError(
      `${keyFile(dataDir)} holds no key. Put the file back from where you keep it, or move it away: the next backup makes another.`,
    );
  }
}
