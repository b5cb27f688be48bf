import { existsSync } from 'node:fs';

/** A browser to look at pages with; undefined, and said, where there is none. */
export const chromiumPath = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path));

if (chromiumPath === undefined) {
  process.stderr.write('No Chromium: pages are not looked at in a browser. Name one by CHROMIUM_PATH.\n');
}
