// Slow: starts a run in the page, in Chromium
/**
 * A run is composed, planned, started, seen and stopped, with the command line that does the same; pages
 * come and go, and the run goes on.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { formatFigure } from '../components/format.js';
import { expectAccessible, roomTests, settled, takePicture } from '../testing/room-tests.js';

const folder = mkdtempSync(join(tmpdir(), 'studio-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tests = roomTests({ server: { cwd: folder } });

interface Metric {
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
}

describe.skipIf(tests === undefined)('the start room', () => {
  test('a run is planned, started, found again whatever becomes of the page, and stopped', async () => {
    const { page, problems } = await tests!.open('start');
    await settled(page);
    await page.getByText('More settings').click();
    await page.getByLabel('Pages of the invented web').fill('60');
    await page.getByLabel('Layers').fill('1');
    // So many that it is in the middle of them until it is stopped.
    await page.getByLabel('Steps of the base model').fill('100000');
    await page.getByText('llm run --preset smoke --size 60 --depth 1 --pretrain-steps 100000').waitFor();
    await page.getByText(/It needs about/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText(/^[\dT-]+ is running$/).waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
    const [run] = readdirSync(join(folder, 'runs')).filter((name) => name !== 'latest');
    const log = join(folder, 'runs', run!, 'events.jsonl');
    const losses = (): number[] =>
      (existsSync(log) ? readFileSync(log, 'utf8') : '')
        .split('\n')
        .filter((line) => line.startsWith('{"type":"metric"') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Metric)
        .flatMap(({ at, values }) => (at === 'pretrain' && 'loss' in values ? [values.loss!] : []));
    const grown = async (by: number): Promise<void> => {
      const before = losses().length;
      await expect.poll(() => losses().length).toBeGreaterThanOrEqual(before + by);
    };

    // A second tab sees the curve grow.
    const tab = await tests!.open(`training?run=${run}&stage=pretrain`);
    const curve = tab.page.getByRole('group', { name: /^loss\. / });
    const points = async (): Promise<number> =>
      Number(
        / ([\d,]+) points /.exec((await curve.getAttribute('aria-label')) ?? '')?.[1]?.replaceAll(',', '') ??
          0,
      );
    await curve.waitFor();
    const first = await points();
    await expect.poll(points).toBeGreaterThan(first);
    // A reload in the middle finds the job.
    await page.reload();
    await page.getByText(/^[\dT-]+ is running$/).waitFor();
    await takePicture(page, 'start-running');
    expect(problems).toEqual([]);
    // A hidden tab gives up its stream, and goes on where it was.
    const seen = (state: string): Promise<void> =>
      tab.page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await seen('hidden');
    const left = await points();
    await grown(5);
    expect(await points()).toBeLessThanOrEqual(left + 1);
    await seen('visible');
    await expect.poll(points).toBeGreaterThan(left + 1);
    // The page that began it is killed: the job is the server's.
    await page.goto('chrome://crash').catch(() => undefined);
    await page.context().close();
    await grown(2);

    const again = await tests!.open('start');
    await again.page.getByText(/^[\dT-]+ is running$/).waitFor();
    // The server is killed: what it had begun saves, and the next server goes on with it.
    await tests!.killServer();
    const { page: killed } = again;
    await killed.getByText(/^[\dT-]+ (is stopping|was stopped)/).waitFor();
    await killed.getByText(/was stopped/).waitFor();
    const saved = losses();
    expect(saved.length).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'runs', run!, 'run.lock'))).toBe(false);
    await killed
      .getByRole('button', { name: `Go on with ${run}` })
      .first()
      .click();
    await killed.getByText(/^[\dT-]+ is running$/).waitFor();
    await grown(2);
    // What was there is there, word for word.
    expect(losses().slice(0, saved.length)).toEqual(saved);
    await again.page.getByRole('button', { name: 'Stop, and save' }).click();
    await again.page.getByText(/was stopped/).waitFor();
    // Through all of that, every step once.
    const steps = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"type":"metric"') && line.includes('"loss"'))
      .map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps).toEqual(steps.map((_, at) => at + 1));
    const all = losses();
    const range = [Math.min(...all), Math.max(...all)].map(formatFigure).join(' and ');
    const words = new RegExp(`: ${all.length.toLocaleString('en-GB')} points from .*, between ${range}\\.`);
    await expect.poll(() => curve.getAttribute('aria-label')).toMatch(words);
    expect(tab.problems.filter((each) => !/ERR_|Failed to (load|fetch)/.test(each))).toEqual([]);
    await tab.page.context().close();
    await again.page.getByRole('link', { name: 'Its report' }).click();
    await again.page.getByRole('heading', { name: 'Clean text' }).waitFor();
    const options = JSON.parse(readFileSync(join(folder, 'runs', run!, 'config.json'), 'utf8')).options;
    expect(options).toMatchObject({ input: { pages: 60 }, model: { depth: 1 }, record: { measures: 'all' } });
    // While there was no server nothing came of asking it.
    expect(again.problems.filter((each) => !/ERR_|Failed to (load|fetch)/.test(each))).toEqual([]);
    await again.page.context().close();
  });

  test('files that are picked are copied and taken as what they are; what cannot be is said', async () => {
    const { page } = await tests!.open('start');
    await settled(page);
    const text = {
      name: 'my notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('A river. '.repeat(50)),
    };
    await page.setInputFiles('input[type=file]', text);
    await page.getByText("llm run --preset smoke --text 'runs/given/my notes.txt'").waitFor();
    await page.getByLabel(/^Files, folders or patterns/).fill('nowhere/*.txt');
    await page.getByText('This cannot be started').waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
    await page.context().close();
  });
});
