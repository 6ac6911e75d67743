import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const { CHROMIUM_PATH: executablePath = '/usr/bin/chromium' } = process.env;

/** Why there is no browser; undefined when there is one. */
export const noBrowser = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM_PATH`;

/** Debian's Chromium, told to talk to nobody but the page. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
