/** What is measured in the page itself: how it begins, how it feels while one types, pans and trains. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { longTasks, now, type OpenStudio } from './open-studio.js';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

export interface Beginning {
  readonly firstPaintSeconds: number;
  /** Until the room has drawn what it shows: its first section stands. */
  readonly interactiveSeconds: number;
}

/** Medians of five visits with nothing kept. */
export async function measureBeginning(studio: OpenStudio): Promise<Beginning> {
  const visits: Beginning[] = [];
  for (let visit = 0; visit < 5; visit++) {
    const page = await studio.page();
    await page.goto(`${studio.url}/#/report`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    visits.push(
      await page.evaluate(() => ({
        firstPaintSeconds: performance.getEntriesByName('first-contentful-paint')[0]!.startTime / 1000,
        interactiveSeconds: performance.now() / 1000,
      })),
    );
    await page.context().close();
  }
  return {
    firstPaintSeconds: median(visits.map(({ firstPaintSeconds }) => firstPaintSeconds)),
    interactiveSeconds: median(visits.map(({ interactiveSeconds }) => interactiveSeconds)),
  };
}

export interface Typing {
  /** Of the worker, for a megabyte, the median of the keys. */
  readonly encodeMilliseconds: number;
  readonly longTasks: readonly number[];
}

/** A megabyte in the tokenizer room, and twelve keys at its end. */
export async function measureTyping(studio: OpenStudio, text: string): Promise<Typing> {
  const page = await studio.page();
  await page.goto(`${studio.url}/#/tokenizer?with=cl100k`);
  const counts = page.locator('[data-counts]');
  await page.getByRole('textbox', { name: /^Text/ }).waitFor();
  await fill(page, text);
  const length = (more: number): string => (text.length + more).toLocaleString('en');
  await page.getByText(`of ${length(0)} characters`).waitFor();
  await page.locator('textarea#text').evaluate((area: HTMLTextAreaElement) => {
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  });
  const since = await now(page);
  const milliseconds: number[] = [];
  for (let key = 1; key <= 12; key++) {
    await page.keyboard.press('x');
    await page.getByText(`of ${length(key)} characters`).waitFor();
    milliseconds.push(Number(/encoded in ([\d.]+) ms/.exec(await counts.innerText())![1]));
  }
  const result = { encodeMilliseconds: median(milliseconds), longTasks: await longTasks(page, since) };
  await page.context().close();
  return result;
}

async function fill(page: Page, text: string): Promise<void> {
  await page.locator('textarea#text').evaluate((area, value) => {
    (area as HTMLTextAreaElement).value = value;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
}

export interface Panning {
  readonly framesPerSecond: number;
  /** Of the longest between two frames. */
  readonly longestMilliseconds: number;
  readonly longTasks: readonly number[];
}

/** Curves of so many points each, as a run's log: two measurements a step. */
export function writeRuns(directory: string, runs: number, points: number): string[] {
  return Array.from({ length: runs }, (_, run) => {
    const path = join(directory, `curve-${String(run).padStart(2, '0')}`);
    mkdirSync(path);
    writeFileSync(join(path, 'config.json'), JSON.stringify({ options: { preset: 'smoke', seed: run } }));
    const lines = [JSON.stringify({ type: 'session-start', time: 0, command: 'llm run' })];
    for (let step = 1; step <= points; step++) {
      const loss = 2 + 6 / (1 + step / 3000) + 0.3 * Math.sin(step * (1 + run / 7)) + run / 20;
      lines.push(
        `{"type":"metric","stage":"pretrain","at":"pretrain","time":${step * 10},"step":${step},"values":{"loss":${loss.toFixed(4)},"grad_norm":${(loss / 3).toFixed(4)}}}`,
      );
    }
    writeFileSync(join(path, 'events.jsonl'), `${lines.join('\n')}\n`);
    return path;
  });
}

/** All runs overlaid, zoomed to a quarter, and moved with the keyboard once a frame for three seconds. */
export async function measurePanning(studio: OpenStudio, ids: readonly string[]): Promise<Panning> {
  const page = await studio.page();
  const [first, ...others] = ids;
  await page.goto(`${studio.url}/#/training?run=${first}&with=${others.join(',')}&stage=pretrain`);
  const plot = page.getByRole('group', { name: /^loss\. / });
  await plot.waitFor();
  await page.waitForFunction(
    (last) => document.querySelector('[aria-label^="loss. "]')?.getAttribute('aria-label')?.includes(last),
    `${others.at(-1)}: `,
  );
  await plot.focus();
  for (const key of ['+', '+']) await page.keyboard.press(key);
  await page.waitForTimeout(1500);
  const since = await now(page);
  const frames = await plot.evaluate(async (element) => {
    const times: number[] = [];
    const begun = performance.now();
    let at = 0;
    while (performance.now() - begun < 3000) {
      const key = Math.floor(at++ / 10) % 2 === 0 ? 'ArrowRight' : 'ArrowLeft';
      element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
    }
    return times;
  });
  const between = frames.slice(1).map((time, i) => time - frames[i]!);
  const result = {
    framesPerSecond: (1000 * between.length) / (frames.at(-1)! - frames[0]!),
    longestMilliseconds: Math.max(...between),
    longTasks: await longTasks(page, since),
  };
  await page.context().close();
  return result;
}

export interface PageTraining {
  readonly tokensPerSecond: number;
  readonly steps: number;
  readonly longTasks: readonly number[];
}

/** The default choice on the example, for so many seconds. */
export async function measureTraining(studio: OpenStudio, seconds: number): Promise<PageTraining> {
  const page = await studio.page();
  await page.goto(`${studio.url}/#/training?view=here`);
  await page.getByRole('button', { name: 'Take the example' }).click();
  await page.getByRole('region', { name: 'What it needs' }).waitFor();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const step = async (): Promise<number> =>
    Number(/Step ([\d,]+)/.exec(await page.locator('[data-step]').innerText())![1]!.replaceAll(',', ''));
  while ((await step()) < 5) await page.waitForTimeout(200);
  const since = await now(page);
  await page.waitForTimeout(1000 * seconds);
  const rate = /([\d,]+) tokens\/s/.exec(await page.locator('[data-rate]').innerText())![1]!;
  const result = {
    tokensPerSecond: Number(rate.replaceAll(',', '')),
    steps: await step(),
    longTasks: await longTasks(page, since),
  };
  await page.context().close();
  return result;
}
