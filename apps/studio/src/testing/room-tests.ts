/**
 * What every test of a room in a browser needs: the server, Chromium, a page that fails the test on any error
 * or violation of the content policy, and axe.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '@llm/build/chromium';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Download, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFailed } from 'vitest';
import { browserArgs } from './shared-studio.js';
import { type StudioServer, startStudio, testRun } from './studio-server.js';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const pictures = fileURLToPath(new URL('../../screenshots/', import.meta.url));

export interface OpenedPage {
  readonly page: Page;
  /** Errors of the page and what the content policy refused, so far. */
  readonly problems: string[];
}

export interface RoomTests {
  readonly run: string;
  /** As the server names it. */
  readonly id: string;
  readonly server: StudioServer;
  /** A window on an address behind `#/`, with nothing kept in it; `size` in pixels. */
  open(path: string, options?: OpenOptions): Promise<OpenedPage>;
  /**
   * The window is done with, and is the next one's: another process of the browser takes a second of a
   * processor to start. A test that leaves more behind than what the page keeps closes the context instead.
   */
  close(page: Page): Promise<void>;
  /** The file's own server is killed, and another started in its place. */
  killServer(): Promise<void>;
}

export interface OpenOptions {
  readonly size?: 'phone' | 'wide' | undefined;
  readonly colours?: 'light' | 'dark' | undefined;
  readonly url?: string | undefined;
}

export interface MoreOfBrowser {
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export const sizes = { phone: { width: 390, height: 844 }, wide: { width: 1440, height: 900 } };

export interface OwnServer {
  /** Of `llm studio`, beside the run. */
  readonly parameters?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
}

/**
 * A new folder for a run that a file of tests makes for itself: the shared server has it as soon as there is
 * a run in it. Whoever made it removes it.
 */
export function ownRun(name: string): string {
  return mkdtempSync(join(inject('studio')?.runs ?? tmpdir(), `studio-${name}-`));
}

/**
 * Undefined where the tests cannot run here, which has then been said. Call it at the top of a test file.
 * Without `server` and `browser` the files share one of each.
 */
export function roomTests({
  server: own,
  browser: more,
}: {
  readonly server?: OwnServer | undefined;
  readonly browser?: MoreOfBrowser | undefined;
} = {}): RoomTests | undefined {
  if (process.env.LLM_BROWSER === undefined) {
    process.stderr.write('SKIPPED: the studio is opened in a browser with npm run test:rooms\n');
    return undefined;
  }
  const shared = inject('studio');
  const run = testRun();
  if (shared === undefined || run === undefined) return undefined;
  let server: StudioServer | undefined;
  let browser: Browser | undefined;
  const free: Page[] = [];
  const start = (port?: number): Promise<StudioServer> =>
    startStudio(['--run', run, ...(own?.parameters ?? [])], { ...own, port });
  const nothing = (): Promise<void> => Promise.resolve();
  beforeAll(async () => {
    server = own === undefined ? { url: shared.url, stop: nothing, kill: nothing } : await start();
    browser =
      more === undefined
        ? await chromium.connect(shared.browser)
        : await chromium.launch({
            executablePath: findChromium('The studio in a browser')!,
            args: [...browserArgs, ...(more.args ?? [])],
            ...(more.env === undefined
              ? {}
              : { env: { ...process.env, ...more.env } as Record<string, string> }),
          });
  });
  afterAll(async () => {
    // Of the shared one only this connection, with its pages.
    await browser?.close();
    await server?.stop();
    if (saved !== undefined) rmSync(saved, { recursive: true });
    saved = undefined;
  });
  return {
    run,
    id: run.replace(/\/$/, '').split('/').at(-1)!,
    get server() {
      return server!;
    },
    async open(address, { size = 'wide', colours = 'light', url = server!.url } = {}) {
      const page = free.pop() ?? (await newPage(browser!));
      await page.setViewportSize(sizes[size]);
      await page.emulateMedia({ colorScheme: colours });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        // Frames of rendered pages tell what they were refused: that is their purpose.
        if (message.type() === 'error' && !message.location().url.startsWith('blob:'))
          problems.push(message.text());
      });
      // What a wait that was in vain does not say.
      onTestFailed(async () => {
        const shown = await page.locator('body').innerText({ timeout: 5000 });
        const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
        process.stderr.write(`${page.url()}, ${problems.join('; ')}\nfocus on ${focus}\n${shown}\n`);
      });
      await page.goto(`${url}/#/${address}`);
      return { page, problems };
    },
    async close(page) {
      const { origin } = new URL(page.url());
      page.removeAllListeners('pageerror').removeAllListeners('console');
      // What a script is in the middle of ends with its document.
      await page.goto('about:blank');
      // Files have none, and no storage either.
      if (origin !== 'null') {
        const session = await page.context().newCDPSession(page);
        await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
        await session.detach();
      }
      free.push(page);
    },
    async killServer() {
      if (own === undefined) throw new Error('The shared server is not killed.');
      await server!.kill();
      server = await start(Number(new URL(server!.url).port));
    },
  };
}

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ hasTouch: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(inject('patience'));
  return page;
}

/** The room has come, and nothing in it is still loaded. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector('.notice.busy') === null);
}

/** Those rules of axe that the colour scheme decides; all others say the same in light and dark. */
const rulesOfColours: readonly string[] = ['color-contrast', 'link-in-text-block'];

/** Fails with every violation of WCAG 2.2 A and AA, and of axe's best practices, or of those of `only`. */
export async function expectAccessible(page: Page, only?: 'colours'): Promise<void> {
  // Through the debugger, as the content policy has it that pages load no script from elsewhere.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(axe, 'utf8'));
  // What passed would be written out for each element, too.
  const options = { resultTypes: ['violations'], ...(only && { runOnly: rulesOfColours }) };
  const found = page.evaluate(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`);
  const violations = (await found) as AxeResults['violations'];
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

/**
 * Nothing is wider than the window, once plots have followed it: wide things scroll in frames of their own.
 */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const tooWide = () =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth ? `${scrollWidth} in ${clientWidth}` : 'fits';
    });
  await expect.poll(tooWide).toBe('fits');
}

/** Into the ignored folder `screenshots/`, the whole page. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.jpeg`, quality: 85, fullPage: true });
}

/** Where a file lies that the page gave: the shared browser keeps it elsewhere. Gone after the tests. */
export async function savedFile(download: Download): Promise<string> {
  saved ??= mkdtempSync(join(tmpdir(), 'studio-saved-'));
  const path = join(saved, `${savedCount++}-${download.suggestedFilename().replaceAll(/[^\w.-]/g, '_')}`);
  await download.saveAs(path);
  return path;
}

let saved: string | undefined;
let savedCount = 0;
