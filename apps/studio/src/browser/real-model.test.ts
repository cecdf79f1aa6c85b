// Slow: models of 0.7 and 135 M parameters are loaded and answer in Chromium
/**
 * Models that are not the run's, in the page's own worker: one of the hub by its name, and SmolLM2 from its
 * file. What they say, and how likely each token was, is what Node says.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerPart, TokenReport } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import { realModelPath, smolLM2 } from '@llm/build/real-models';
import { openGguf, readGgufTokenizer } from '@llm/model/gguf';
import { fileSource } from '@llm/model/node';
import { fromGgufTokenizer } from '@llm/tokenizer';
import type { Locator, Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { tokenText } from '../components/token-text.js';
import { expectAccessible, roomTests, settled, takePicture } from '../testing/room-tests.js';

const tests = roomTests();
const file = process.env.LLM_BROWSER === undefined ? undefined : realModelPath(smolLM2);

/** Greedy, as Node has it. */
async function saidInNode(source: string, question: string, maxNewTokens: number): Promise<string> {
  // Of a quantized file the page keeps the numbers as they are stored.
  const model = await loadModel(source, { dtype: 'float32' });
  let said = '';
  for await (const part of model.chat(question, {
    temperature: 0,
    maxNewTokens,
  }) as AsyncIterable<AnswerPart>)
    if (part.type === 'text') said += part.text;
  await model.dispose();
  return said;
}

/** Greedy, each token with the likeliest in its place. */
async function tokensInNode(source: string, question: string, maxNewTokens: number): Promise<TokenReport[]> {
  const model = await loadModel(source, { dtype: 'float32' });
  const tokens: TokenReport[] = [];
  const options = { temperature: 0, maxNewTokens, logProbabilities: 6 };
  for await (const part of model.chat(question, options) as AsyncIterable<AnswerPart>)
    if (part.type === 'tokens') tokens.push(...part.tokens);
  await model.dispose();
  return tokens;
}

/** In the page: tasks of its main thread over 50 ms, from now on. */
function noteLongTasks(): void {
  const late: number[] = [];
  Object.assign(window, { late });
  const note = (list: PerformanceObserverEntryList): void =>
    void late.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(note).observe({ type: 'longtask' });
}

/** Since it was asked last. */
async function longTasks(page: Page): Promise<string> {
  const late = await page.evaluate(() => (window as unknown as { late: number[] }).late.splice(0));
  return late.map(Math.round).join(', ') || 'none';
}

async function choose(page: Page, tokens: number): Promise<void> {
  await page.getByText('Sampling and system prompt').click();
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0');
  await page.getByRole('spinbutton', { name: 'Tokens at most' }).fill(String(tokens));
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(question);
  await page.keyboard.press('Enter');
}

const answerOf = (page: Page): Locator => page.getByRole('article', { name: / said$/ }).last();
const textOf = async (answer: Locator): Promise<string> =>
  (await answer.locator('.said').allInnerTexts()).join('').trim();

describe.skipIf(tests === undefined)('a model from elsewhere', () => {
  test('of the hub, by its name, says what it says in Node', async () => {
    const { page, problems } = await tests!.open(`chat?run=${tests!.id}&models=`);
    const asked: string[] = [];
    // What the hub would send, from a folder in its layout.
    await page.context().route('https://huggingface.co/**', (route) => {
      asked.push(new URL(route.request().url()).pathname);
      return fromHub(route);
    });
    await settled(page);
    await page.getByRole('textbox', { name: /^hf:owner\/name/ }).fill('hf:tiny/model');
    await page.keyboard.press('Enter');
    await page.getByText('M parameters on').waitFor();
    expect(asked[0]).toBe('/api/models/tiny/model/revision/main');
    expect(asked).toContain(`/tiny/model/resolve/${commit}/model.safetensors`);
    await choose(page, 24);
    await ask(page, 'What is 12 plus 30?');
    await answerOf(page).getByRole('button', { name: 'Answer again' }).waitFor();
    const expected = await saidInNode(`${tests!.run}#sft`, 'What is 12 plus 30?', 24);
    expect(await textOf(answerOf(page))).toBe(expected.trim());
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.skipIf(file === undefined)(
    'the tokenizer room reads SmolLM2’s tokens and its template out of its file',
    async () => {
      const text = 'It’s 12 + 30, naïve 🐚';
      const { page, problems } = await tests!.open(`tokenizer?${new URLSearchParams({ show: 'id', text })}`);
      await settled(page);
      await page.getByLabel('Files of a tokenizer').setInputFiles(file!);
      const shown = page.getByRole('group', { name: 'Tokens of the text' }).getByRole('button');
      const lists = readGgufTokenizer(await openGguf(await fileSource(file!)))!;
      const expected = [...fromGgufTokenizer(lists).encode(text)].map(String);
      await expect.poll(() => shown.allInnerTexts()).toEqual(expected);
      await page.getByRole('link', { name: 'Conversations' }).click();
      const spoken = page.getByRole('group', { name: 'Tokens of the conversation' });
      await expect.poll(() => spoken.innerText()).toContain('<|im_start|>');
      expect(problems).toEqual([]);
      await tests!.close(page);
    },
  );

  test.skipIf(file === undefined)(
    'SmolLM2 from its file says what it says in Node, as likely, and is stopped',
    async () => {
      const { page, problems } = await tests!.open(`chat?run=${tests!.id}&models=&tokens=1`);
      await settled(page);
      await page.evaluate(noteLongTasks);
      const begun = performance.now();
      await page.getByLabel('A GGUF file', { exact: true }).setInputFiles(file!);
      await page.getByText('134.5 M parameters on').waitFor();
      const loaded = performance.now() - begun;
      await choose(page, 12);
      const whileLoading = await longTasks(page);
      const question = 'What is the capital of France?';
      await ask(page, question);
      const answer = answerOf(page);
      await answer.getByRole('button', { name: 'Answer again' }).waitFor();
      const whileAnswering = await longTasks(page);
      const speed = /[\d.]+ tokens\/s/.exec(await page.getByText('M parameters on').innerText())?.[0];
      const expected = await tokensInNode(file!, question, 12);
      const tokens = answer.getByRole('group', { name: 'Tokens of the answer' }).getByRole('button');
      expect((await tokens.allInnerTexts()).join('')).toBe(
        expected.map(({ bytes }) => tokenText(bytes, false)).join(''),
      );
      await tokens.first().click();
      const likely = answer.getByRole('region', { name: 'What could have stood there' });
      let furthest = 0;
      for (const [at, { top }] of expected.entries()) {
        if (at > 0) await page.keyboard.press('ArrowRight');
        await expect.poll(() => tokens.nth(at).getAttribute('aria-expanded')).toBe('true');
        // Exact in the bars; the words beside them are rounded.
        const shown = await likely.locator('tbody tr').evaluateAll((rows) =>
          rows.map((row) => ({
            token: row.querySelector('th')!.textContent,
            share: Number.parseFloat(row.querySelector<HTMLElement>('.bar div')!.style.inlineSize) / 100,
          })),
        );
        const known = new Map(
          top.map(({ bytes, logProbability }) => [tokenText(bytes), Math.exp(logProbability)]),
        );
        expect([at, shown[0]!.token]).toEqual([at, [...known.keys()][0]]);
        // At the end of the list another may stand there, as unlikely as the one that is not.
        const both = shown.filter(({ token }) => known.has(token));
        expect(both.length).toBeGreaterThanOrEqual(4);
        for (const { token, share } of both)
          furthest = Math.max(furthest, Math.abs(share - known.get(token)!));
      }
      process.stderr.write(
        `SmolLM2 in the chat: loaded in ${(loaded / 1000).toFixed(1)} s, ${speed}; shares of ${expected.length} tokens and their alternatives within ${furthest.toExponential(1)} of Node's; tasks over 50 ms while it loads: ${whileLoading}, while it answers: ${whileAnswering} (ms)\n`,
      );
      expect(furthest).toBeLessThan(shareTolerance);
      await expectAccessible(page);
      await takePicture(page, 'chat-smollm2');
      // A long answer is broken off.
      await page.getByRole('spinbutton', { name: 'Tokens at most' }).fill('2000');
      await ask(page, 'Tell me a long story about a river.');
      await page.getByRole('button', { name: 'Stop' }).first().click();
      await expect.poll(() => page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );
});

/** Of shares, page against Node: its products round the activations, weights stay in 4 bits. 0.036 seen. */
const shareTolerance = 0.05;

const commit = '0123456789012345678901234567890123456789';

/** The SFT model of the run as the repository `tiny/model`: its checkpoint has the hub's layout. */
function fromHub(route: Route): Promise<void> {
  const models = join(tests!.run, 'sft/model');
  const { folder: step } = JSON.parse(readFileSync(join(models, 'latest.json'), 'utf8')) as {
    folder: string;
  };
  const folder = join(models, step);
  const { pathname } = new URL(route.request().url());
  const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
  if (pathname.startsWith('/api/')) {
    const siblings = readdirSync(folder).map((rfilename) => ({
      rfilename,
      size: readFileSync(join(folder, rfilename)).length,
    }));
    return route.fulfill({ headers, json: { sha: commit, siblings } });
  }
  const body = readFileSync(join(folder, pathname.split('/').at(-1)!));
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers().range ?? '') ?? [];
  if (from === undefined) return route.fulfill({ headers, body });
  const last = to === '' ? body.length - 1 : Math.min(Number(to), body.length - 1);
  return route.fulfill({
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${last}/${body.length}` },
    body: body.subarray(Number(from), last + 1),
  });
}
