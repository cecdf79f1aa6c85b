// Slow: models are loaded and answer in Chromium
/** The chat against the same model in Node, its tree, its tokens, and a conversation of 1,000 messages. */
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerPart } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  roomTests,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';

const tests = roomTests();
const question = 'What is 12 plus 30?';

const address = (query: Record<string, string>): string =>
  `chat?${new URLSearchParams({ run: tests!.id, ...query })}`;
const log = (page: Page, name: string): Locator =>
  page.getByRole('log', { name: `Conversation with ${name}` });
const answers = (page: Page, name: string): Locator =>
  log(page, name).getByRole('article', { name: `${name} said` });

async function ready(page: Page): Promise<void> {
  await page.getByText('M parameters on').first().waitFor();
}

async function choose(page: Page, fields: Record<string, string>): Promise<void> {
  await page.getByText('Sampling and system prompt').click();
  for (const [name, value] of Object.entries(fields))
    await page.getByRole('spinbutton', { name }).fill(value);
}

/** In the page: which button a click would hit while the list says that it scrolls. */
async function clickedWhileScrolling(list: Element): Promise<string | null> {
  for (let tries = 0; getComputedStyle(list.firstElementChild!).pointerEvents !== 'none'; tries++) {
    if (tries > 20)
      throw new Error('The list does not turn the pointer off any more: the rule of styles is not needed.');
    // It takes a while to see that a scroll of its own has ended.
    await new Promise((resolve) => setTimeout(resolve, 300));
    list.scrollBy(0, tries % 2 === 0 ? -1 : 1);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
  const { x, y, width, height } = [...list.querySelectorAll('footer button')].at(-1)!.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2)!.textContent;
}

/** In the page, as near as counts for the end. */
const isScrolledToTheEnd = (list: Element): boolean =>
  list.scrollHeight - list.clientHeight - list.scrollTop < 80;

async function ask(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(text);
  await page.keyboard.press('Enter');
}

/**
 * Of the tokens of an answer the first that could have been another word or number, and how the answer would
 * begin then. What a small model thinks of next is often a control token, or a part of a letter.
 */
async function firstOtherWord(tokens: Locator, others: Locator): Promise<{ row: number; begins: string }> {
  const said = await tokens.allTextContents();
  for (const [at, token] of said.entries()) {
    if (at > 0) await tokens.nth(at).click();
    await expect.poll(() => tokens.nth(at).getAttribute('aria-expanded')).toBe('true');
    const words = await others.getByRole('rowheader').allInnerTexts();
    const row = words.findIndex((word) => /^·?[A-Za-z0-9]+$/.test(word) && word.replace('·', ' ') !== token);
    if (row >= 0)
      return { row, begins: (said.slice(0, at).join('') + words[row]!.replace('·', ' ')).trimStart() };
  }
  throw new Error(`no token of “${said.join('')}” could have been another word or number`);
}

describe.skipIf(tests === undefined)('the chat', () => {
  test('the answer is what the same model says in Node, and says where it runs', async () => {
    const model = await loadModel(`${tests!.run}#sft`);
    let expected = '';
    for await (const part of model.chat(question, {
      temperature: 0,
      maxNewTokens: 40,
    }) as AsyncIterable<AnswerPart>)
      if (part.type === 'text') expected += part.text;
    await model.dispose();
    const { page, problems } = await tests!.open(address({ models: 'sft' }));
    await ready(page);
    expect(await page.getByText('M parameters on').innerText()).toMatch(/WebAssembly on \d+ threads/);
    await choose(page, { Temperature: '0', 'Tokens at most': '40' });
    await ask(page, question);
    const answer = answers(page, 'sft').first();
    await answer.getByRole('button', { name: 'Answer again' }).waitFor();
    expect((await answer.locator('.said').allInnerTexts()).join('')).toBe(expected);
    await expectAccessible(page);
    await takePicture(page, 'chat-answer');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('answer again, edit, go on from another token, stop', async () => {
    const { page, problems } = await tests!.open(address({ models: 'sft', tokens: '1' }));
    await ready(page);
    await choose(page, { Temperature: '0', 'Tokens at most': '30' });
    await ask(page, question);
    const answer = answers(page, 'sft').first();
    await answer.getByRole('button', { name: 'Answer again' }).click();
    await answer.getByText('2 of 2').waitFor();
    await answer.getByRole('button', { name: 'Answer again' }).waitFor();
    const tokens = answer.getByRole('group', { name: 'Tokens of the answer' }).getByRole('button');
    await tokens.first().click();
    const others = answer.getByRole('region', { name: 'What could have stood there' }).getByRole('row');
    await expect.poll(() => others.count()).toBe(6);
    await expectAccessible(page);
    await takePicture(page, 'chat-alternatives');
    const other = await firstOtherWord(tokens, others);
    await others.nth(other.row).getByRole('button').click();
    await answer.getByText('3 of 3').waitFor();
    await answer.getByText('It was made to begin').waitFor();
    await answer.getByRole('button', { name: 'Answer again' }).waitFor();
    await page.getByRole('checkbox', { name: 'Show how likely' }).uncheck();
    const begins = (await answer.locator('.said').allInnerTexts()).join('');
    expect(begins.trimStart().startsWith(other.begins)).toBe(true);
    await answer.getByRole('button', { name: 'The one before' }).click();
    await answer.getByText('2 of 3').waitFor();
    const mine = log(page, 'sft').getByRole('article', { name: 'You said' });
    await mine.getByRole('button', { name: 'Edit' }).click();
    await mine.getByRole('textbox').fill('Who are you?');
    await mine.getByRole('button', { name: 'Ask this instead' }).click();
    await mine.getByText('2 of 2').waitFor();
    await mine.getByText('Who are you?').waitFor();
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('three models side by side, the base model as a document, on a phone', async () => {
    const { page, problems } = await tests!.open(address({ models: 'pretrain,sft,rl' }));
    await expect.poll(() => page.getByText('M parameters on').count()).toBe(3);
    await choose(page, { Temperature: '0', 'Tokens at most': '400' });
    const base = page.getByRole('region', { name: 'pretrain', exact: true });
    await base.getByRole('combobox').selectOption('Questions and answers');
    await base.getByRole('button', { name: 'Continue the document' }).click();
    // Stopped before its first token it has written nothing, and nothing is shown.
    const written = base.getByRole('region', { name: 'What pretrain wrote' });
    await written.waitFor();
    // On a free machine it may have ended by itself.
    await base
      .getByRole('button', { name: 'Stop' })
      .click({ timeout: 2000 })
      .catch(() => undefined);
    await expect.poll(() => base.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    expect((await written.innerText()).length).toBeGreaterThan(0);
    await ask(page, '<b>Who</b> are you?');
    for (const name of ['sft', 'rl'])
      await answers(page, name).getByRole('button', { name: 'Answer again' }).waitFor();
    expect(await log(page, 'sft').getByRole('article', { name: 'You said' }).innerText()).toContain(
      '<b>Who</b>',
    );
    await takePicture(page, 'chat-side-by-side');
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await takePicture(page, 'chat-phone');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a thousand messages: few are drawn, late frames are counted, what is open stays so out of sight', async () => {
    const messages = Array.from({ length: 1000 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Message ${i}: ${'some words '.repeat(1 + (i % 7))}`,
    }));
    const file = join(await mkdtemp(join(tmpdir(), 'chat-')), 'conversation.json');
    writeFileSync(file, JSON.stringify({ messages }));
    const { page, problems } = await tests!.open(address({ models: 'sft', tokens: '1' }));
    await ready(page);
    await page.getByLabel('A conversation that was kept').setInputFiles(file);
    await expect.poll(() => log(page, 'sft').getByText('Message 999').count()).toBe(1);
    expect(await log(page, 'sft').getByRole('article').count()).toBeLessThan(40);
    await choose(page, { Temperature: '0', 'Tokens at most': '100' });
    await page.evaluate(() => {
      const late: number[] = [];
      Object.assign(window, { late });
      new PerformanceObserver((list) =>
        late.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        type: 'longtask',
      });
    });
    await ask(page, question);
    const end = answers(page, 'sft').getByText('old messages left out');
    await end.waitFor();
    const late = await page.evaluate(() => (window as unknown as { late: number[] }).late);
    process.stderr.write(
      `long tasks while a model answers below 1,000 messages: ${late.map(Math.round).join(', ') || 'none'} (ms)\n`,
    );
    await settled(page);
    const conversation = log(page, 'sft');
    const tokens = conversation.getByRole('group', { name: 'Tokens of the answer' }).getByRole('button');
    const draft = conversation.getByRole('textbox');
    await tokens.first().click();
    await conversation.getByRole('article', { name: 'You said' }).last().getByRole('button').click();
    await draft.fill('What is 7 plus 8?');
    await conversation.evaluate((list) => list.scrollTo(0, 0));
    await expect.poll(() => tokens.count()).toBe(0);
    expect(await draft.evaluate((element) => element === document.activeElement)).toBe(true);
    await conversation.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await tokens.first().waitFor();
    expect(await tokens.first().getAttribute('aria-expanded')).toBe('true');
    expect(await draft.inputValue()).toBe('What is 7 plus 8?');
    expect(await conversation.evaluate(clickedWhileScrolling)).toBe('Answer again');
    for (const size of [sizes.phone, sizes.wide]) {
      await page.setViewportSize(size);
      await expect.poll(() => conversation.evaluate(isScrolledToTheEnd)).toBe(true);
      await end.waitFor();
    }
    // Who reads further up stays there, whatever comes: one turn of the wheel is enough.
    await conversation.getByRole('button', { name: 'Leave it' }).click();
    await conversation.hover();
    // The list's own way to the end lasts until what it passes is measured.
    const aWhile = () => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    await aWhile();
    await page.mouse.wheel(0, -1000);
    await expect.poll(() => conversation.evaluate(isScrolledToTheEnd)).toBe(false);
    for (const size of [sizes.wide, sizes.phone, sizes.wide]) {
      await aWhile();
      await page.setViewportSize(size);
    }
    await aWhile();
    expect(await conversation.evaluate(isScrolledToTheEnd)).toBe(false);
    await takePicture(page, 'chat-thousand');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});
