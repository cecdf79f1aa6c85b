// Slow: models answer in Chromium
/** Votes by keyboard on two models without names, kept in the run and amounting to the same numbers again. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fitRatings } from '@llm/rl';
import { readPreferences } from '@llm/sft';
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { formatFigure } from '../components/format.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  roomTests,
  savedFile,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';
import { testRun } from '../testing/studio-server.js';
import type { RolloutPrompt, RolloutSample, RunViewJson, Vote } from '../wire/index.js';

const run = process.env.LLM_BROWSER === undefined ? undefined : testRun();
/** Votes are written into it. */
const own = mkdtempSync(join(tmpdir(), 'studio-arena-'));
if (run !== undefined) cpSync(run, own, { recursive: true });
afterAll(() => rmSync(own, { recursive: true }));
/** Where what is trained goes. */
const desk = mkdtempSync(join(tmpdir(), 'studio-desk-'));
afterAll(() => rmSync(desk, { recursive: true }));
const tests = roomTests(
  run === undefined ? {} : { server: { parameters: ['--run', own, '--model', `${own}#sft`], cwd: desk } },
);

const titles = ['Base model', 'After SFT', 'After RL'];
const nameOf = new Map([
  ['Base model', 'pretrain'],
  ['After SFT', 'sft'],
  ['After RL', 'rl'],
]);
const open = () => tests!.open(`arena?run=${basename(own)}`);
const duel = (page: Page): Locator => page.getByRole('region', { name: 'Two answers' });
const votesFile = join(own, 'preferences/votes.jsonl');
const kept = (): Vote[] =>
  (existsSync(votesFile) ? readFileSync(votesFile, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
/** The lines of the file, read without the program that wrote them. */
function keptStep(stage: string, step: number): { prompts: RolloutPrompt[]; samples: RolloutSample[] } {
  const file = join(own, stage, `rollouts/step-${String(step).padStart(8, '0')}.jsonl.gz`);
  const [head, ...rows] = gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { prompts: rows.slice(0, head.prompts), samples: rows.slice(head.prompts) };
}
const cells = (table: Locator): Promise<string[][]> =>
  table
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('th, td.number')].map((each) => each.textContent ?? '')),
    );

async function choose(page: Page, tokens: string): Promise<void> {
  await page.getByText('Sampling and system prompt').click();
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0');
  await page.getByRole('spinbutton', { name: 'Tokens at most' }).fill(tokens);
}

async function answered(page: Page): Promise<void> {
  await duel(page).getByText('Who they are is told after the vote').waitFor();
}

describe.skipIf(tests === undefined)('the arena', () => {
  test('questions and votes by keyboard alone; the run keeps them, and they amount to the same again', async () => {
    const { page, problems } = await open();
    await settled(page);
    await page.getByText('Nobody has voted yet.').waitFor();
    await choose(page, '24');
    await page.getByRole('textbox', { name: 'The question to both' }).focus();
    await page.keyboard.type('What is <b>2</b> plus 3?');
    await page.keyboard.press('Enter');
    for (const [before, key] of ['1', '2', '3', '4', '1'].entries()) {
      await answered(page);
      const blind = await duel(page).innerText();
      for (const title of titles) expect(blind).not.toContain(title);
      const said = await duel(page).getByRole('article').locator('.parts').allInnerTexts();
      await page.keyboard.press(key);
      const told = await duel(page)
        .getByRole('status')
        .filter({ hasText: /^They were/ })
        .innerText();
      await expect.poll(() => kept().length).toBe(before + 1);
      const last = kept().at(-1)!;
      const [, ...names] = /^They were (.*) and (.*)\.$/.exec(told)!;
      expect(names.map((name) => nameOf.get(name))).toEqual([last.left.from, last.right.from]);
      expect(last.verdict).toBe({ 1: 'left', 2: 'right', 3: 'tie', 4: 'both-bad' }[key]);
      expect(last.prompt).toEqual([{ role: 'user', content: 'What is <b>2</b> plus 3?' }]);
      for (const [at, side] of [last.left, last.right].entries())
        for (const { content } of side.messages) expect(said[at]).toContain(content.trim());
      // The focus is on what asks the next two.
      await page.keyboard.press('Enter');
    }
    await answered(page);
    await page.keyboard.press('1');
    await duel(page).getByRole('button', { name: 'Take the vote back' }).click();
    await page.getByRole('heading', { name: 'Standings after 5 votes' }).waitFor();
    await expectAccessible(page);
    await takePicture(page, 'arena-vote');

    await expect.poll(() => kept().at(-1)!.verdict).toBe('withdrawn');
    const votes = kept().slice(0, 5);
    const pairs = new Set(votes.map(({ left, right }) => [left.from, right.from].sort().join()));
    expect(pairs.size).toBe(3);
    const expected = fitRatings(
      votes.map(({ left, right, verdict }) => ({
        first: left.from,
        second: right.from,
        winner: verdict === 'left' ? 'first' : verdict === 'right' ? 'second' : 'neither',
      })),
    ).map(({ name, rating, interval: [least, most] }) => [
      [...nameOf].find(([, id]) => id === name)![0],
      rating.toFixed(0),
      `${least.toFixed(0)} to ${most.toFixed(0)}`,
    ]);
    const shown = await cells(page.getByRole('region', { name: 'Ratings' }));
    expect(shown.map((row) => row.slice(0, 3))).toEqual(expected);
    await page.reload();
    await page.getByRole('heading', { name: 'Standings after 5 votes' }).waitFor();
    expect(await cells(page.getByRole('region', { name: 'Ratings' }))).toEqual(shown);

    const { pairs: trained, skipped } = await readPreferences(
      readFileSync(join(own, 'preferences/pairs.jsonl'), 'utf8'),
    );
    expect(skipped).toEqual([]);
    expect(trained.map(({ id }) => id)).toEqual(
      votes
        .filter(({ verdict }) => verdict === 'left' || verdict === 'right')
        // Between two answers that are the same there is nothing to learn.
        .filter(({ left, right }) => JSON.stringify(left.messages) !== JSON.stringify(right.messages))
        .map(({ id }) => id),
    );
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    await takePicture(page, 'arena-phone');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('votes are saved and opened; a file of something else is said to be', async () => {
    const { page, problems } = await open();
    await page.getByRole('heading', { name: 'Standings after 5 votes' }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the votes' }).click(),
    ]);
    const saved = readFileSync(await savedFile(file), 'utf8');
    const evil = '<img src=x onerror="window.ran = true">';
    const foreign = JSON.stringify({
      ...JSON.parse(saved.split('\n')[0]!),
      id: 'foreign',
      left: { from: evil, messages: [{ role: 'assistant', content: evil }] },
    });
    const name = `${evil}.jsonl`.replaceAll('/', '');
    await page.getByLabel('A file of votes').setInputFiles({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(`${saved}${foreign}\nno vote\n`),
    });
    await page.getByText('6 votes of').waitFor();
    expect(await page.getByText('1 lines are none').count()).toBe(1);
    await page.getByRole('heading', { name: 'Standings after 6 votes' }).waitFor();
    await page.getByRole('rowheader', { name: evil }).first().waitFor();
    expect(await page.evaluate(() => 'ran' in window || document.querySelector('main img') !== null)).toBe(
      false,
    );
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a model of the server takes part, and sits at the table of the chat', async () => {
    const { page, problems } = await tests!.open(`chat?run=${basename(own)}&models=`);
    const served = page.getByRole('button', { name: `${basename(own)}` });
    await served.first().click();
    const column = page.getByRole('region', { name: basename(own) }).first();
    await column.getByText('On the server').waitFor();
    await choose(page, '30');
    await page.getByRole('textbox', { name: 'Your message' }).fill('Who are you?');
    await page.keyboard.press('Enter');
    await column.getByRole('button', { name: 'Answer again' }).waitFor();
    const text = (await column.locator('.said').allInnerTexts()).at(-1)!;
    expect(text.length).toBeGreaterThan(3);
    await column
      .getByText(/^\d+ tokens$/)
      .first()
      .waitFor();
    await page.goto(page.url().replace(/#.*/, `#/arena?run=${basename(own)}&models=sft`));
    await page
      .getByRole('button', { name: basename(own) })
      .first()
      .click();
    await choose(page, '30');
    await page.getByRole('textbox', { name: 'The question to both' }).fill('Who are you?');
    await page.keyboard.press('Enter');
    await answered(page);
    // The same weights say the same, in the page and on the server.
    const said = await duel(page).getByRole('article').locator('.parts').allInnerTexts();
    expect(said[0]!.trim()).toBe(said[1]!.trim());
    expect(said[0]!.trim()).toBe(text.trim());
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('samples of practice are ranked by keyboard, rewards told after, into the same pairs', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${basename(own)}&stage=rl&step=3&rank=1`);
    await settled(page);
    const before = kept().length;
    await duel(page).focus();
    for (const key of ['1', '2', '3']) {
      expect(await duel(page).innerText()).not.toMatch(/reward \d/);
      const said = await duel(page).getByRole('article').locator('.parts').allInnerTexts();
      expect(said[0]).not.toBe(said[1]);
      await page.keyboard.press(key);
      await duel(page)
        .getByText(/reward \d/)
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
    }
    await page.getByText(/^3 of \d+ pairs of step 3 ranked/).waitFor();
    await expectAccessible(page);
    await takePicture(page, 'rollouts-ranking');
    await expect.poll(() => kept().length).toBe(before + 3);
    const votes = kept().slice(before);
    expect(votes.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['ranking', 'left'],
      ['ranking', 'right'],
      ['ranking', 'tie'],
    ]);
    const { samples, prompts } = keptStep('rl', 3);
    for (const { id, left, right, prompt } of votes) {
      expect(id).toMatch(/^rank-rl\.3\.\d+-rl\.3\.\d+$/);
      const [first, second] = [left, right].map(({ from }) => samples[Number(from.split('.')[2])]!);
      expect(first!.prompt).toBe(second!.prompt);
      expect(prompt.map(({ content }) => content)).toEqual(
        prompts[first!.prompt]!.messages.map(({ text }) => text),
      );
    }
    const { pairs } = await readPreferences(readFileSync(join(own, 'preferences/pairs.jsonl'), 'utf8'));
    expect(pairs.filter(({ id }) => id?.startsWith('rank-'))).toHaveLength(2);
    // What was ranked stays so.
    await page.reload();
    await page.getByText(/^3 of \d+ pairs of step 3 ranked/).waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('what was ranked trains a reward model, shown live, and practice for its scores is begun', async () => {
    const { page, problems } = await tests!.open(`rollouts?run=${basename(own)}&stage=rl&step=3&rank=1`);
    await settled(page);
    // Somebody who always prefers the answer with the higher reward.
    const ranked = Array.from({ length: 8 }, (_, at) => at + 1).flatMap((step) => votesByReward(step));
    // How many there are is the run's doing: a short practice finds few right answers.
    expect(ranked.length).toBeGreaterThan(16);
    await page.getByLabel('A file of votes').setInputFiles({
      ...{ name: 'votes.jsonl', mimeType: 'text/plain' },
      buffer: Buffer.from(ranked.map((vote) => JSON.stringify(vote)).join('\n')),
    });
    await page.getByText(`${ranked.length} votes of`).waitFor();
    await page.getByText('Train with them').focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Steps of four pairs').fill('60');
    const command = page.locator('pre').filter({ hasText: /^llm prefer/ });
    const out = `tuned/${basename(own)}-rl-reward`;
    await command
      .filter({ hasText: `--method reward --steps 60 --learning-rate 0.0003 --out ${out}` })
      .waitFor();
    const shown = await command.innerText();
    await page.getByRole('button', { name: 'Train a reward model' }).click();
    await page.getByText(/^The training is (running|done)$/).waitFor();
    // The job is the server's: a page that is opened in the middle finds it.
    await page.reload();
    await page.getByText('Train with them').click();
    const card = page.getByRole('status').filter({ hasText: 'The training is' });
    await card.getByText('Share of pairs whose better answer is told').waitFor();
    await page.getByText('The training is done').waitFor();
    expect(await card.locator('code').first().innerText()).toBe(shown);
    const { heldOut } = JSON.parse(readFileSync(join(desk, out, 'measured/result.json'), 'utf8'));
    // A handful of pairs is held out: whether it generalises is for a longer training to show. It has learnt
    // those it was given (a coin's loss is ln 2).
    const view = await page.evaluate(
      () => fetch('/api/jobs/view').then((got) => got.json()) as Promise<RunViewJson>,
    );
    const losses = view.stages.prefer!.curves.loss!.mean.map(Number);
    expect(losses).toHaveLength(60);
    expect(losses.slice(40).reduce((sum, loss) => sum + loss, 0) / 20).toBeLessThan(0.4);
    const percent = Number((heldOut.after.accuracy * 100).toFixed(1));
    await card.getByText(new RegExp(`→ ${percent}(\\.0)? ?%`)).waitFor();
    const plot = card.getByRole('group', { name: /^Share of pairs/ });
    const last = `held out ${formatFigure(heldOut.after.accuracy)}`;
    await expect.poll(() => plot.getAttribute('aria-label')).toContain(last);
    await expectAccessible(page);
    await takePicture(page, 'rollouts-reward-model');
    // What it left is a model that scores, which practice takes.
    await page.getByRole('button', { name: 'Let the model practise for its scores' }).click();
    await page.getByText(`--tasks arithmetic --reward-model ${out}/model --steps 10`).first().waitFor();
    await page.getByText('Mean reward', { exact: true }).waitFor();
    const stop = page.getByRole('button', { name: 'Stop, and save' });
    if (await stop.isVisible()) await stop.click({ timeout: 2000 }).catch(() => undefined);
    await page.getByText(/^The training (was stopped|is done)$/).waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});

/** Of each prompt of a step, the best answer against the worst, where they differ. */
function votesByReward(step: number): Vote[] {
  const { prompts, samples } = keptStep('rl', step);
  return prompts.flatMap(({ messages }, prompt) => {
    const sorted = samples
      .map((sample, index) => ({ ...sample, index }))
      .filter((sample) => sample.prompt === prompt)
      .sort((a, b) => b.reward - a.reward);
    const pairs = [
      [sorted[0]!, sorted.at(-1)!],
      [sorted[1]!, sorted.at(-2)!],
    ] as const;
    return pairs
      .filter(([better, worse]) => better.reward > worse.reward)
      .map(([better, worse]): Vote => {
        const [left, right] = [better, worse].map(({ index, parts }) => ({
          from: `rl.${step}.${index}`,
          messages: [{ role: 'assistant' as const, content: parts.map(({ text }) => text).join('') }],
        }));
        const asked = messages.map(({ text }) => ({ role: 'user' as const, content: text }));
        return {
          ...{ id: `by-reward.${step}.${better.index}`, kind: 'ranking', time: step, verdict: 'left' },
          ...{ prompt: asked, left: left!, right: right! },
        };
      });
  });
}
