// Slow: a model of 0.7 M parameters is loaded from what a hub would send, and answers in Chromium
/** A model of the hub by its name, in the page's own worker: what it says is what it says in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerPart } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import type { Locator, Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { roomTests, settled } from '../testing/room-tests.js';

const tests = roomTests();
const soon = { timeout: 120_000 };

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
  test('of the hub, by its name, says what it says in Node', { timeout: 240_000 }, async () => {
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
    await page.getByText('M parameters on').waitFor(soon);
    expect(asked[0]).toBe('/api/models/tiny/model/revision/main');
    expect(asked).toContain(`/tiny/model/resolve/${commit}/model.safetensors`);
    await choose(page, 24);
    await ask(page, 'What is 12 plus 30?');
    await answerOf(page).getByRole('button', { name: 'Answer again' }).waitFor(soon);
    const expected = await saidInNode(`${tests!.run}#sft`, 'What is 12 plus 30?', 24);
    expect(await textOf(answerOf(page))).toBe(expected.trim());
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

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
