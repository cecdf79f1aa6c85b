// Slow: opens the room in Chromium over three runs
/**
 * What is shown of a step is what the run kept of it; the server filters; an old run says what to do, and
 * a hostile answer stays text.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { formatFigure } from '../components/format.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  ownRun,
  roomTests,
  settled,
  takePicture,
} from '../testing/room-tests.js';
import { testRun } from '../testing/studio-server.js';
import type { RolloutPrompt, RolloutSample } from '../wire/index.js';

const run = process.env.LLM_BROWSER === undefined ? undefined : testRun();
const old = ownRun('old');
const hostile = ownRun('hostile');
if (run !== undefined)
  for (const to of [old, hostile])
    for (const name of ['config.json', 'events.jsonl', 'report.json'])
      cpSync(join(run, name), join(to, name));
afterAll(() => {
  for (const folder of [old, hostile]) rmSync(folder, { recursive: true });
});
const tests = roomTests();

const keyOf = (stage: string, step: number): string =>
  `${stage}/rollouts/step-${String(step).padStart(8, '0')}.jsonl.gz`;

interface Step {
  readonly head: Readonly<Record<string, unknown>>;
  readonly prompts: readonly RolloutPrompt[];
  readonly samples: readonly RolloutSample[];
}

/** The lines of the file, read without the program that wrote them. */
function kept(stage: string, step: number): Step {
  const lines = gunzipSync(readFileSync(join(run!, keyOf(stage, step))))
    .toString()
    .trimEnd()
    .split('\n');
  const [head, ...rows] = lines.map((line) => JSON.parse(line));
  return { head, prompts: rows.slice(0, head.prompts), samples: rows.slice(head.prompts) };
}

const sign = (value: number): string => `${value > 0 ? '+' : ''}${formatFigure(value).replace('-', '−')}`;

describe.skipIf(tests === undefined)('the rollouts room', () => {
  test('shows the samples of a step as the run kept them, token by token', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${tests!.id}&stage=rl&step=3`);
    await settled(page);
    const { samples, prompts } = kept('rl', 3);
    await page.getByText(`${samples.length} of ${samples.length} samples`).waitFor();
    for (const { messages } of prompts.slice(0, 2))
      await page.getByRole('heading', { level: 3, name: messages[0]!.text, exact: true }).waitFor();
    const seen = samples.slice(0, 12);
    for (const sample of seen) {
      const card = page.getByRole('article', { name: `Sample ${sample.index}`, exact: true });
      const words = (await card.textContent())!.replaceAll(/\s+/g, ' ');
      expect(words).toContain(`reward ${formatFigure(sample.reward)}`);
      expect(words).toContain(`advantage ${sign(sample.advantage as number)}`);
      for (const { text } of sample.parts) expect(words).toContain(text.trim());
      const tokens = card.getByRole('group').getByRole('button');
      expect(await tokens.count()).toBe(sample.ids.length);
      const put = await card.locator('[data-kind="tool"]').count();
      expect(put).toBe(sample.mask.filter((own) => own === 0).length);
    }
    // One that a tool spoke in, so that the above says something.
    expect(samples.some(({ mask }) => mask.includes(0))).toBe(true);
    await page.getByRole('button', { name: /^Show \d+ more$/ }).click();
    await page.getByRole('article', { name: 'Sample 20', exact: true }).waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('by keyboard: a token is explained, filter and order are the server’s and in the address', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${tests!.id}&stage=rl&step=3`);
    await settled(page);
    const { samples } = kept('rl', 3);
    const first = samples[0]!;
    const card = page.getByRole('article', { name: 'Sample 0', exact: true });
    await card.getByRole('group').getByRole('button').first().focus();
    await page.keyboard.press('End');
    const last = first.ids.length - 1;
    await card.getByText(`Token ${last}, id ${first.ids[last]}:`).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('tool');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('-length');
    const wanted = samples
      .filter(({ toolCalls }) => toolCalls > 0)
      .toSorted((a, b) => b.ids.length - a.ids.length || a.index - b.index);
    await page.getByText(`${wanted.length} of ${samples.length} samples`).waitFor();
    await settled(page);
    const titles = await page.getByRole('heading', { level: 4 }).allTextContents();
    expect(titles).toEqual(wanted.slice(0, 12).map(({ index }) => `Sample ${index}`));
    await page.getByRole('searchbox').fill('no answer says this');
    await page.keyboard.press('Enter');
    await page.getByText('No sample of this step is like that').waitFor();
    await page.reload();
    await page.getByText('No sample of this step is like that').waitFor();
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('-length');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('two samples are compared, and a prompt is followed into the control', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${tests!.id}&stage=rl&step=3`);
    await settled(page);
    const { samples, prompts, head } = kept('rl', 3);
    const tokens = head.tokens as Record<string, string>;
    const other = samples.findIndex(({ ids }) => ids.join() !== samples[0]!.ids.join());
    await page.getByRole('button', { name: 'Compare sample 0', exact: true }).click();
    await page.getByText('Practice, step 3, sample 0 is one.').waitFor();
    await page.getByRole('button', { name: `Compare sample ${other}`, exact: true }).click();
    const table = page.getByRole('region', { name: 'Figures of both' });
    await table.waitFor();
    expect(await table.getByRole('row', { name: /^Reward/ }).textContent()).toContain(
      formatFigure(samples[other]!.reward),
    );
    // Without what is only in the other, each side is what was said.
    const sides = await page
      .locator('.difference')
      .evaluate((node) =>
        ['INS', 'DEL'].map((left) =>
          [...node.children].flatMap((each) => (each.tagName === left ? [] : [each.textContent])).join(''),
        ),
      );
    const said = [samples[0]!, samples[other]!].map(({ ids }) =>
      ids.map((id) => tokens[id]!.replaceAll(' ', '·')).join(''),
    );
    expect(sides).toEqual(said);
    await expectAccessible(page);
    await takePicture(page, 'rollouts-compared');
    await page.getByRole('button', { name: 'Close the comparison' }).click();

    const { task } = prompts[0]!;
    // The first prompt's is the first.
    await page
      .getByRole('link', { name: /^Every time it was asked/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'One prompt, every time it was asked' }).waitFor();
    const times = [];
    for (const [stage, title] of [
      ['rl', 'Practice'],
      ['control', 'Control: random rewards'],
    ] as const)
      for (let step = 1; step <= 8; step++) {
        const found = kept(stage, step);
        const at = found.prompts.findIndex((each) => each.task === task);
        if (at < 0) continue;
        const rewards = found.samples.filter(({ prompt }) => prompt === at).map(({ reward }) => reward);
        const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
        times.push(`${title}, step ${step}: mean reward ${formatFigure(mean)}`);
      }
    await page.getByText(times[0]!.split(':')[1]!.trim()).first().waitFor();
    const shown = await page.locator('ol h3').allTextContents();
    expect(shown.map((each) => each.replaceAll(/\s+/g, ' ').trim())).toEqual(times);
    expect(times.length).toBeGreaterThanOrEqual(2);
    await expectAccessible(page);
    await takePicture(page, 'rollouts-prompt');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a run from before says what to do', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${basename(old)}`);
    await settled(page);
    await page.getByText('This run practised before rollouts were kept.').waitFor();
    await expectAccessible(page);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a hostile answer stays text, on a phone, and a damaged file is said', async () => {
    const { head, prompts, samples } = kept('rl', 1);
    const evil = '<img src=x onerror="window.ran = true"><script>window.ran = true</script>‮';
    const rows = [
      { ...head, tokens: { ...(head.tokens as object), [samples[0]!.ids[0]!]: evil.repeat(20) } },
      ...prompts.map((prompt) => ({
        ...prompt,
        task: evil,
        answer: evil,
        messages: [{ role: 'user', text: evil }],
      })),
      ...samples.slice(0, 4).map((sample) => ({
        ...sample,
        parts: [
          { type: 'tool-call', tool: evil, text: evil.repeat(50) },
          { type: 'text', text: evil },
        ],
        rewards: { [evil]: 1, b: null },
      })),
    ];
    mkdirSync(join(hostile, 'rl/rollouts'), { recursive: true });
    writeFileSync(join(hostile, keyOf('rl', 1)), gzipSync(rows.map((row) => JSON.stringify(row)).join('\n')));
    writeFileSync(join(hostile, keyOf('rl', 2)), 'no gzip');
    const { page, problems } = await tests!.open(
      `rollouts?run=${basename(hostile)}&step=1&a=rl.1.0&b=rl.1.1`,
      {
        size: 'phone',
      },
    );
    await settled(page);
    await page.getByRole('article').first().waitFor();
    expect(await page.getByText('<script>window.ran = true</script>').count()).toBeGreaterThan(1);
    expect(await page.evaluate(() => 'ran' in window || document.querySelector('main img') !== null)).toBe(
      false,
    );
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await takePicture(page, 'rollouts-hostile');
    expect(problems).toEqual([]);
    await page.goto(page.url().replace('step=1', 'step=2'));
    await page.getByText('is damaged or was written by another version').waitFor();
    await tests!.close(page);
  });
});
