import { existsSync } from 'node:fs';
import { test } from '@jest/globals';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
} from 'playwright-core';

const PATH = '/usr/bin/chromium';

/** Tests in a real browser: left out, and said so, where there is none. */
export const inChromium = existsSync(PATH) ? test : withoutChromium();

function withoutChromium() {
  process.stdout.write(`There is no ${PATH}: tests in a real browser are left out.\n`);
  return test.skip;
}

export const startChromium = (): Promise<Browser | null> =>
  existsSync(PATH)
    ? chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] })
    : Promise.resolve(null);

/** Somebody's browser, patient: among many other processes a page may take its time. */
export async function browserOf(
  started: Browser,
  options?: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await started.newContext(options);
  context.setDefaultTimeout(120_000);
  return context;
}
