// Slow: starts a run in the page, in Chromium
/** A run is composed, planned, started, seen, and stopped, with the command line that does the same. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectAccessible, roomTests, settled, takePicture } from '../testing/room-tests.js';

const folder = mkdtempSync(join(tmpdir(), 'studio-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tests = roomTests([], { cwd: folder });

describe.skipIf(tests === undefined)('the start room', () => {
  test('a run is planned, started, and stopped so that it can be gone on with', async () => {
    const { page, problems } = await tests!.open('start');
    await settled(page);
    await page.getByText('More settings').click();
    await page.getByLabel('Pages of the invented web').fill('60');
    await page.getByLabel('Layers').fill('1');
    await page.getByText('llm run --preset smoke --size 60 --depth 1').waitFor();
    await page.getByText(/It needs about/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText(/^[\dT-]+ is running$/).waitFor({ timeout: 90_000 });
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
    const [run] = readdirSync(join(folder, 'runs')).filter((name) => name !== 'latest');
    const log = join(folder, 'runs', run!, 'events.jsonl');
    await expect
      .poll(() => existsSync(log) && readFileSync(log, 'utf8').includes('session-start'), {
        timeout: 180_000,
      })
      .toBe(true);
    await takePicture(page, 'start-running');
    await page.getByRole('button', { name: 'Stop, and save' }).click();
    await page.getByText(/was stopped|is done/).waitFor({ timeout: 180_000 });
    await page.getByRole('link', { name: 'Its report' }).click();
    await page.getByRole('heading', { name: 'Clean text' }).waitFor();
    const options = JSON.parse(readFileSync(join(folder, 'runs', run!, 'config.json'), 'utf8')).options;
    expect(options).toMatchObject({ input: { pages: 60 }, model: { depth: 1 }, record: { measures: 'all' } });
    expect(problems).toEqual([]);
    await page.context().close();
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
