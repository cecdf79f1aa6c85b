/** A real `llm studio` and a Chromium that looks at it, for the benches of the page. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

export interface OpenStudio {
  readonly url: string;
  /** A page of its own browser profile, with its long tasks noted as `longTasks`. */
  page(): Promise<Page>;
  close(): Promise<void>;
}

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

export async function openStudio(executablePath: string, runs: readonly string[]): Promise<OpenStudio> {
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=@llm/source', '--import', import.meta.resolve('tsx')],
      ...[`${repository}apps/pipeline/src/main.ts`, 'studio', '--json', '--port', '0'],
      ...runs.flatMap((run) => ['--run', run]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
  const said = new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  const line = await Promise.race([said, ended]);
  if (line === undefined) throw new Error('llm studio ended before it was ready.');
  const { url } = JSON.parse(line) as { readonly url: string };
  const browser: Browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    url,
    async page() {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      page.setDefaultTimeout(300_000);
      await page.addInitScript(noteLongTasks);
      return page;
    },
    async close() {
      await browser.close();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** In the page: from its beginning, tasks of the main thread over 50 ms, in milliseconds. */
function noteLongTasks(): void {
  const tasks: { at: number; milliseconds: number }[] = [];
  Object.assign(window, { longTasks: tasks });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      tasks.push({ at: startTime, milliseconds: duration });
  }).observe({ type: 'longtask', buffered: true });
}

/** Those that began at or after `since` (`performance.now()` of the page). */
export async function longTasks(page: Page, since: number): Promise<number[]> {
  // What is being done now is told when it ends.
  await page.waitForTimeout(200);
  return page.evaluate(
    (from) =>
      (window as unknown as { longTasks: { at: number; milliseconds: number }[] }).longTasks
        .filter(({ at }) => at >= from)
        .map(({ milliseconds }) => milliseconds),
    since,
  );
}

export const now = (page: Page): Promise<number> => page.evaluate(() => performance.now());
