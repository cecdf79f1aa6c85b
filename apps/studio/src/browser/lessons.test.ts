// Slow: opens the room in Chromium
/**
 * A report of `llm lab` is shown as it was written, its
 * prompts lead on, and damaged or hostile ones harm nobody.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  ownRun,
  roomTests,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';
import { testRun } from '../testing/studio-server.js';
import type { LabReport } from '../wire/lab-report.js';

const run = process.env.LLM_BROWSER === undefined ? undefined : testRun();
const own = ownRun('lessons');
if (run !== undefined)
  for (const name of ['config.json', 'events.jsonl', 'report.json']) cpSync(join(run, name), join(own, name));
afterAll(() => rmSync(own, { recursive: true }));
const tests = roomTests();

const evil = '<img src=x onerror="window.ran = true"><script>window.ran = true</script>';
const report: LabReport = {
  kind: 'llm/lab-report',
  version: 1,
  name: 'tokens-to-think',
  title: 'Models need tokens to think',
  claim: 'A model that may write its steps before the answer is right more often.',
  seeds: [1, 2],
  done: ['Two models were taught the same problems.', 'Both were asked 400 others.'],
  measures: [
    {
      ...{ arm: 'steps first', name: 'right answers', unit: 'share', value: 0.8125, n: 800 },
      ...{ interval: [0.784, 0.838], bySeed: [0.8, 0.825] },
    },
    {
      ...{ arm: 'answer first', name: 'right answers', unit: 'share', value: 0.25, n: 800 },
      ...{ interval: [0.221, 0.281], bySeed: [0.24, 0.26] },
    },
    { arm: evil, name: evil, unit: 'tokens', value: 12.345, n: 800, interval: null, bySeed: [12, 12.69] },
  ],
  checks: [
    { expected: 'steps first is 30 points above answer first', measured: '+56.3 points', met: true },
    { expected: 'nothing else', measured: evil, met: false },
  ],
  plots: [
    {
      ...{ kind: 'bars', title: 'Right answers', unit: 'share', scale: 1 },
      bars: [
        { label: 'steps first', value: 0.8125, interval: [0.784, 0.838] },
        { label: evil, value: 0.25, interval: null },
      ],
    },
    {
      ...{ kind: 'lines', title: 'While it learns', xLabel: 'step', yLabel: 'right answers' },
      series: [
        {
          name: 'steps first',
          points: [
            [0, 0.01],
            [100, 0.4],
            [200, 0.8],
          ],
        },
        {
          name: 'seed 2',
          faint: true,
          color: 0,
          points: [
            [0, 0.02],
            [150, 0.7],
          ],
        },
      ],
    },
  ],
  samples: [
    { arm: 'steps first', prompt: 'Ann has 2 apples & 3 pears.', answer: '2 + 3 = 5. 5', right: true },
    { arm: 'answer first', prompt: 'Ann has 2 apples & 3 pears.', answer: evil, right: false },
    {
      arm: 'steps first',
      system: 'Your name is Zara.',
      prompt: 'Who are you?',
      answer: 'Zara.',
      right: true,
    },
  ],
  shows: ['It holds for sums of this size.'],
  doesNotShow: ['That it holds for larger models.'],
  mirrors: [{ source: 'Wei et al. 2022', finding: 'Chains of thought raise accuracy.' }],
  tryIt: [
    { command: 'llm lab tokens-to-think --seeds 1', what: 'The same again, with one seed' },
    { command: 'llm generate', what: 'a page', ask: { model: 'pretrain', text: 'Once upon' } },
  ],
};

function write(name: string, text: string): void {
  mkdirSync(join(own, 'lab', name), { recursive: true });
  writeFileSync(join(own, 'lab', name, 'report.json'), text);
}

describe.skipIf(tests === undefined)('the lessons', () => {
  test('a run without one says how to get it', async () => {
    const { page, problems } = await tests!.open(`lessons?run=${basename(own)}`);
    await settled(page);
    await page.getByText('npm run llm -- lab list').waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a report is shown as it was written, and its prompts lead on', async () => {
    write('tokens-to-think', JSON.stringify(report));
    mkdirSync(join(own, 'lab/reward-hacking/parts'), { recursive: true });
    writeFileSync(join(own, 'lab/reward-hacking/parts/practice-1.json'), '{}');
    for (const [from, to] of [
      ['sft/model', 'lab/tokens-to-think/steps-first/model'],
      ['sft', 'sft'],
      ['pretrain', 'pretrain'],
    ] as const)
      cpSync(join(run!, from), join(own, to), { recursive: true });
    write('half', JSON.stringify(report).slice(0, 100));
    write('other', '{"kind": "llm/lab-report", "version": 2}');
    write('shapeless', '{"kind": "llm/lab-report", "version": 1, "title": {}, "checks": 3}');
    const { page, problems } = await tests!.open(`lessons?run=${basename(own)}`);
    await settled(page);
    for (const name of ['half', 'other']) await page.getByRole('heading', { name }).waitFor();
    await page.getByText('The report of shapeless is damaged.').waitFor();
    await page.getByText('Shown in part: 1 of 2 expectations met').waitFor();
    const begun = page.getByRole('listitem').filter({ hasText: 'Begun, and not finished.' });
    expect(await begun.getByRole('heading').allInnerTexts()).toEqual(['RLHF games its reward']);
    await begun.getByRole('button', { name: 'Go on' }).waitFor();
    await page.getByRole('link', { name: report.title }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: report.title }).waitFor();
    const rows = await page
      .getByRole('region', { name: 'Measures' })
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    expect(rows).toEqual([
      ['steps first', 'right answers', '81.3 %', '78.4 % to 83.8 %', '800', '80 %, 82.5 %'],
      ['answer first', 'right answers', '25 %', '22.1 % to 28.1 %', '800', '24 %, 26 %'],
      [evil, `${evil}, tokens`, '12.35', '–', '800', '12, 12.69'],
    ]);
    for (const text of [report.claim, ...report.done, ...report.shows, ...report.doesNotShow])
      await page.getByText(text).waitFor();
    await page.getByText('Not met: nothing else').waitFor();
    await page.getByText('1 of 2 expectations are met').waitFor();
    expect(await page.locator('canvas').count()).toBe(1);
    expect(await page.evaluate(() => 'ran' in window || document.querySelector('main img') !== null)).toBe(
      false,
    );
    await expectAccessible(page);
    await takePicture(page, 'lessons-page');
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    await takePicture(page, 'lessons-page-phone');
    const { prompt } = report.samples[0]!;
    for (const [room, box] of [
      ['as tokens', 'Text'],
      ['in the arena', 'The question to both'],
      ['in the chat', 'Your message'],
    ] as const) {
      await page
        .getByRole('link', { name: new RegExp(`^${room}`) })
        .first()
        .click();
      const field = page.getByRole('textbox', { name: box });
      await field.waitFor();
      expect(await field.inputValue()).toBe(prompt);
      // The model that the experiment left is the one that is asked.
      if (room === 'in the chat')
        await page.getByRole('region', { name: 'steps-first' }).getByText('M parameters on').waitFor();
      await page.goBack();
    }
    // What is told before the question goes with it, and a base model is given a document.
    await page.getByRole('link', { name: /in the chat ?: Who are you/ }).click();
    expect(await page.getByRole('textbox', { name: 'System prompt' }).inputValue()).toBe(
      'Your name is Zara.',
    );
    await page.goBack();
    await page.getByRole('link', { name: /^Or here, in the chat/ }).click();
    const beginning = page.getByRole('textbox', { name: 'The document for pretrain' });
    await beginning.waitFor();
    expect(await beginning.inputValue()).toBe('Once upon');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('an experiment is done from the page, seen live, stopped and gone on with; its result is shown', async () => {
    const { page, problems } = await tests!.open(`lessons?run=${basename(own)}`);
    await settled(page);
    const title = 'What random rewards move';
    await page.getByRole('textbox', { name: `Seeds of ${title}` }).fill('1');
    const path = await page.getByText(/^llm lab random-rewards /).innerText();
    expect(path).toMatch(/^llm lab random-rewards --run \S+ --seeds 1$/);
    await page.getByRole('button', { name: `Do it with ${title}` }).focus();
    await page.keyboard.press('Enter');
    const card = page.getByRole('status').filter({ hasText: /^random-rewards / });
    await card.getByText('random-rewards is running').waitFor();
    expect(await card.locator('code').first().innerText()).toBe(path);
    await card.getByRole('group', { name: /^Loss: of each step \d/ }).waitFor();
    await expectAccessible(page);
    await takePicture(page, 'lessons-running');
    await page.reload();
    await card.getByRole('button', { name: 'Stop, and save' }).click();
    await card.getByText('random-rewards was stopped').waitFor();
    await card.getByRole('button', { name: 'Go on' }).click();
    await card.getByText('random-rewards is running').waitFor();
    await card.getByRole('button', { name: 'Stop, and save' }).click();
    await card.getByText('random-rewards was stopped').waitFor();

    const quick = 'Who a model is stands in its conversations';
    await page.getByRole('button', { name: `Do it with ${quick}` }).click();
    await page.getByText('system-prompt is done').waitFor();
    // Without a reload it is on the shelf, too.
    await page.getByRole('link', { name: quick }).waitFor();
    await page.getByRole('link', { name: 'What came out' }).click();
    await page.getByRole('heading', { level: 2, name: quick }).waitFor();
    const found = JSON.parse(readFileSync(join(own, 'lab/system-prompt/report.json'), 'utf8')) as LabReport;
    for (const { expected, measured } of found.checks)
      await page.getByText(`${expected}: ${measured}`).waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a report of another shape is said to be damaged', async () => {
    const { page } = await tests!.open(`lessons?run=${basename(own)}&lesson=shapeless`);
    await page.getByText('The report is damaged').waitFor();
    await tests!.close(page);
  });
});
