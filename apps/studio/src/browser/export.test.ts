// Slow: an exported folder is hosted by another server and opened in Chromium
/** `llm studio --export`: every room that needs no process works from files, also without a network. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPreferences } from '@llm/sft';
import { type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rooms } from '../shell/rooms.js';
import { roomTests, savedFile, settled } from '../testing/room-tests.js';
import { studioCommand } from '../testing/studio-server.js';

const tests = roomTests();
const folder = mkdtempSync(join(tmpdir(), 'studio-export-'));
let server: PreviewServer | undefined;

beforeAll(async () => {
  if (tests === undefined) return;
  const [program, ...parameters] = studioCommand([
    '--json',
    '--run',
    tests.run,
    '--export',
    join(folder, 'site'),
  ]);
  const { status, stderr } = spawnSync(program!, parameters, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  // Any server of files, which sends no header of ours, and at a path of its own.
  server = await preview({ root: folder, configFile: false, build: { outDir: '.' }, preview: { port: 0 } });
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

describe.skipIf(tests === undefined)('an exported page', () => {
  test('shows the run, and goes on without a network', async () => {
    const url = `${server!.resolvedUrls!.local[0]}site`;
    const { page, problems } = await tests!.open(`report?run=${tests!.id}`, { url });
    await settled(page);
    await page.getByRole('heading', { name: 'Base model' }).waitFor();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.reload();
    for (const { name, title } of rooms) {
      await page.goto(`${url}/#/${name}?run=${tests!.id}`);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await settled(page);
    }
    await page.goto(`${url}/#/chat?run=${tests!.id}`);
    await page.getByText('M parameters on').waitFor();
    // A vote stays in the browser, and can be taken elsewhere.
    await page.goto(`${url}/#/rollouts?run=${tests!.id}&stage=rl&step=2&rank=1`);
    await page.getByRole('region', { name: 'Two answers' }).focus();
    await page.keyboard.press('1');
    await page.reload();
    await page.getByText(/^1 of \d+ pairs/).waitFor();
    await page.getByText('votes stay in this browser').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save 1 pairs for training' }).click(),
    ]);
    const { pairs } = await readPreferences(readFileSync(await savedFile(file), 'utf8'));
    expect(pairs.map(({ id }) => id?.slice(0, 10))).toEqual(['rank-rl.2.']);
    await page.goto(`${url}/#/rollouts?run=${tests!.id}&step=1`);
    await page.getByRole('article', { name: 'Sample 0', exact: true }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await server!.close();
    server = undefined;
    await page.goto(`${url}/#/data?run=${tests!.id}`);
    await page.reload();
    await page.getByText(/pages were kept/).waitFor();
    // What was seen once is there again, and the model that was loaded.
    for (const { name, title } of rooms) {
      await page.goto(`${url}/#/${name}?run=${tests!.id}`);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await settled(page);
      expect([name, await page.locator('main [role=alert]').allInnerTexts()]).toEqual([name, []]);
    }
    await page.goto(`${url}/#/chat?run=${tests!.id}`);
    await page.getByText('M parameters on').waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
