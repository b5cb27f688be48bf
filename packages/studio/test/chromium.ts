import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type RunningStudio, startStudio } from '../src/index.js';

/** A browser to look at pages with; undefined, and said, where there is none. */
export const chromiumPath = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path));

if (chromiumPath === undefined) {
  process.stderr.write('No Chromium: the studio is not looked at in a browser. Name one by CHROMIUM_PATH.\n');
}

/** A page of the studio, and what it complains of. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** A studio of some folders, with a browser that its user has opened. */
export class Visit {
  private constructor(
    readonly studio: RunningStudio,
    readonly browser: Browser,
  ) {}

  static async begin(...folders: string[]): Promise<Visit> {
    const studio = await startStudio({ folders });
    const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
    return new Visit(studio, browser);
  }

  /** `http://127.0.0.1:PORT` */
  get origin(): string {
    return new URL(this.studio.url).origin;
  }

  /** Opens the address that the studio has printed, then what is behind the `#`. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<OpenPage> {
    const opened = await newPage(this.browser, options);
    await opened.page.goto(this.studio.url);
    if (hash !== '') await opened.page.goto(`${this.origin}/${hash}`);
    return opened;
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.studio.close();
  }
}

/** A page of its own, that notes what its console says and what it asks of anybody but the studio. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|file:|data:|blob:)/.test(request.url())) complaints.push(request.url());
  });
  return { page, complaints };
}

/** Goes to another place of the studio. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(path)}`);
}
