// Slow: opens the room in Chromium over two real runs
/**
 * The curves that are shown are those of events.jsonl; what is chosen is in the address and survives a
 * reload.
 */
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { formatFigure } from '../components/format.js';
import { ownRun, roomTests, settled, takePicture } from '../testing/room-tests.js';
import { testRun } from '../testing/studio-server.js';

const other = ownRun('other');
const run = process.env.LLM_BROWSER === undefined ? undefined : testRun();
if (run !== undefined) copyRun(run, other);
afterAll(() => rmSync(other, { recursive: true }));
const tests = roomTests();

/** The same run with another seed and a loss that explodes. */
function copyRun(from: string, to: string): void {
  for (const name of ['config.json', 'events.jsonl', 'report.json']) cpSync(join(from, name), join(to, name));
  const config = JSON.parse(readFileSync(join(to, 'config.json'), 'utf8'));
  config.options.seed = 4711;
  writeFileSync(join(to, 'config.json'), JSON.stringify(config));
}

interface Metric {
  readonly type: string;
  readonly at: string;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

function logged(stage: string, metric: string): number[] {
  const lines = readFileSync(join(run!, 'events.jsonl'), 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Metric);
  return events.flatMap(({ type, at, values }) =>
    type === 'metric' && at === stage && metric in values ? [values[metric]!] : [],
  );
}

describe.skipIf(tests === undefined)('the training room', () => {
  test('shows every curve of the stage as the log has it', async () => {
    const { page, problems } = await tests!.open(`training?run=${tests!.id}&stage=sft`);
    await settled(page);
    for (const metric of ['loss', 'grad_norm', 'eval_loss']) {
      const values = logged('sft', metric);
      const plot = page.getByRole('group', { name: new RegExp(`^${metric}\\. `) });
      await plot.waitFor();
      const words = await plot.getAttribute('aria-label');
      expect(words).toContain(
        `${values.length} points from ${formatFigure(values[0])} to ${formatFigure(values.at(-1))}, between ${formatFigure(Math.min(...values))} and ${formatFigure(Math.max(...values))}`,
      );
    }
    expect(await page.locator('canvas').count()).toBeGreaterThan(5);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('several runs, axes, smoothing and zoom are in the address or on the plot, with the keyboard alone', async () => {
    const otherId = other.split('/').at(-1)!;
    const { page, problems } = await tests!.open(`training?run=${tests!.id}`);
    await settled(page);
    await page.getByRole('checkbox', { name: otherId }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('slider', { name: 'Smoothing' }).focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
    await page.getByRole('checkbox', { name: 'logarithmic', exact: true }).press('Space');
    const loss = page.getByRole('group', { name: /^loss\. / });
    await loss.focus();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Show all steps' }).click();
    await page.reload();
    await settled(page);
    expect(page.url()).toMatch(/with=studio-other-\w+/);
    expect(page.url()).toContain('smooth=0.05');
    expect(page.url()).toContain('logy=1');
    await expect.poll(() => loss.getAttribute('aria-label')).toContain(`${otherId}: `);
    const seed = page.getByRole('row', { name: /^seed / });
    expect(await seed.getByRole('cell').allTextContents()).toEqual(['1', '4711']);
    await takePicture(page, 'training-two-runs');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('what is written while one looks appears, and a loss that explodes is told', async () => {
    const otherId = other.split('/').at(-1)!;
    const { page } = await tests!.open(`training?run=${otherId}&stage=sft`);
    await settled(page);
    const before = logged('sft', 'loss').length;
    const lines = Array.from({ length: 30 }, (_, at) =>
      JSON.stringify({
        ...{ type: 'metric', stage: 'sft', at: 'sft', time: Date.now(), step: before + 1 + at },
        values: { loss: at < 29 ? 9 : null },
      }),
    );
    appendFileSync(join(other, 'events.jsonl'), `${lines.join('\n')}\n`);
    const loss = page.getByRole('group', { name: /^loss\. / });
    await expect.poll(() => loss.getAttribute('aria-label')).toContain(`${before + 30} points`);
    await page.getByText('The loss exploded').waitFor();
    await page.getByText(`First at step ${before + 30}`).waitFor();

    // More steps than a curve has buckets: of those that are zoomed to, the server has every one.
    const first = before + 31;
    const more = Array.from({ length: 2000 }, (_, at) =>
      JSON.stringify({
        ...{ type: 'metric', stage: 'sft', at: 'sft', time: Date.now(), step: first + at },
        values: { loss: 1 + (at % 7) },
      }),
    );
    appendFileSync(join(other, 'events.jsonl'), `${more.join('\n')}\n`);
    await expect
      .poll(() => loss.getAttribute('aria-label'))
      .toContain(`${(before + 2030).toLocaleString('en')} points`);
    const asked = page.waitForResponse(/\/curves\?stage=sft/);
    await loss.focus();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    const curves = (await (await asked).json()) as { readonly loss: { readonly pointsPerBucket: number } };
    expect(curves.loss.pointsPerBucket).toBe(1);
    await tests!.close(page);
  });
});
