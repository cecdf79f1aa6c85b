// Slow: the room is opened in Chromium, with a megabyte of text among others
/** The tokenizer room against the same tokenizers in Node, and `tiktoken`'s ids through theirs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  chatSpecialTokens,
  fromTokenizerJson,
  loadEncoding,
  toTokenizerJson,
  trainTokenizer,
} from '@llm/tokenizer';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  roomTests,
  savedFile,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';

const tests = roomTests();
const hostile = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>\u202E & naïve 🐚';

const shells = 'she sells sea shells '.repeat(40).trimEnd();

const shownTokens = (page: Page): Promise<string[]> =>
  page.getByRole('group', { name: 'Tokens of the text' }).getByRole('button').allInnerTexts();
const type = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: /^Text/ }).fill(text);
};
const address = (query: Record<string, string>): string =>
  `tokenizer?${new URLSearchParams({ run: tests!.id, ...query })}`;

describe.skipIf(tests === undefined)('the tokenizer room', () => {
  test('ids of the run’s tokenizer and of published ones, restored by the address', async () => {
    const run = fromTokenizerJson(readFileSync(join(tests!.run, 'tokenizer/tokenizer.json'), 'utf8'));
    const { page, problems } = await tests!.open(address({ show: 'id' }));
    await type(page, 'The shells cost 12 + 30.');
    const expected = [...run.encode('The shells cost 12 + 30.')].map(String);
    await expect.poll(() => shownTokens(page)).toEqual(expected);
    await page.getByLabel('Encoding', { exact: true }).selectOption('cl100k');
    const cl100k = await loadEncoding('cl100k_base');
    await expect
      .poll(() => shownTokens(page))
      .toEqual([...cl100k.encode('The shells cost 12 + 30.')].map(String));
    await expect.poll(() => page.url()).toContain('text=');
    await page.reload();
    await expect
      .poll(() => shownTokens(page))
      .toEqual([...cl100k.encode('The shells cost 12 + 30.')].map(String));
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a token by keyboard: bytes, place, and the tree it was merged from', async () => {
    const { page, problems } = await tests!.open(address({ with: 'gpt2', text: 'Say hello, 🐚' }));
    await settled(page);
    const list = page.getByRole('group', { name: 'Tokens of the text' });
    await list.locator('[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const details = page.getByRole('region', { name: 'The chosen token' });
    await details.getByText('31373').or(details.getByText('23748')).first().waitFor();
    expect(await details.innerText()).toContain('20 68 65 6C 6C 6F');
    await expect.poll(() => details.innerText()).toContain('bytes 3–9, characters 3–9');
    // " hello" is " hell" and "o" in GPT-2's merges.
    await expect.poll(() => details.locator('details').count()).toBeGreaterThan(2);
    await expectAccessible(page);
    await takePicture(page, 'tokenizer-token');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('text of anybody stays text', async () => {
    const { page, problems } = await tests!.open(address({ text: hostile }));
    await settled(page);
    await expect.poll(async () => (await shownTokens(page)).join('')).toContain('<');
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    const shown = (await shownTokens(page)).join('');
    expect(shown).not.toContain('\u202E');
    // The run's vocabulary has no character so rare: three bytes.
    expect(shown).toContain('\\xE2\\x80\\xAE');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('side by side, merge by merge, a conversation with its mask', async () => {
    const { page, problems } = await tests!.open(
      address({ view: 'compare', text: 'Say hello to 12 shells.' }),
    );
    for (const [name, encoding] of [
      ['gpt2', 'gpt2'],
      ['o200k', 'o200k_base'],
    ] as const) {
      const count = (await loadEncoding(encoding)).countTokens('Say hello to 12 shells.');
      await expect
        .poll(() => page.locator(`tr[data-encoding="${name}"] td`).nth(1).innerText())
        .toBe(String(count));
    }
    await page.getByLabel('Dollars for a million tokens of o200k').fill('2.5');
    await expect.poll(() => page.locator('tr[data-encoding="o200k"]').innerText()).toContain('$');
    await takePicture(page, 'tokenizer-compare');
    await page.getByRole('link', { name: 'Merge by merge' }).click();
    const slider = page.getByRole('slider');
    await slider.waitFor();
    await slider.fill('0');
    await page.getByText('23 tokens').waitFor();
    await page.getByRole('button', { name: 'One merge more' }).click();
    await page.getByText('The last merge').waitFor();
    await takePicture(page, 'tokenizer-merges');
    await page.getByRole('link', { name: 'Conversations' }).click();
    await page.getByText('training learns from the').waitFor();
    const faint = page.getByRole('group', { name: 'Tokens of the conversation' }).locator('.faint');
    expect((await faint.allInnerTexts()).slice(0, 2)).toEqual(['<|bos|>', '<|user_start|>']);
    await expectAccessible(page);
    await takePicture(page, 'tokenizer-chat');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a tokenizer trained in the page, shown and downloaded, is the one that Node trains', async () => {
    const { page, problems } = await tests!.open(address({ view: 'train', text: shells }));
    await page.getByRole('spinbutton', { name: 'Vocabulary' }).fill('285');
    await page.getByRole('button', { name: 'Train a tokenizer' }).click();
    await page.getByText('merges were learnt').waitFor();
    await page.getByRole('button', { name: 'Show the text with it' }).click();
    await settled(page);
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download tokenizer.json' }).click();
    const file = await savedFile(await waiting);
    const tokenizer = await trainTokenizer([shells], {
      vocabularySize: 285,
      minFrequency: 2,
      specialTokens: chatSpecialTokens,
    });
    expect(readFileSync(file, 'utf8')).toBe(toTokenizerJson(tokenizer));
    const shown = await shownTokens(page);
    const ids = tokenizer.encode(shells);
    expect(shown.slice(0, 3)).toEqual(
      [...ids.slice(0, 3)].map((id) => tokenizer.decode([id]).replaceAll(' ', '·')),
    );
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a megabyte: no more is drawn than is seen', async () => {
    const { page, problems } = await tests!.open(address({ with: 'cl100k' }));
    await settled(page);
    const text = readFileSync(join(tests!.run, 'events.jsonl'), 'utf8').slice(0, 50_000);
    await page.getByRole('textbox', { name: /^Text/ }).evaluate((area, value) => {
      (area as HTMLTextAreaElement).value = value;
      area.dispatchEvent(new Event('input', { bubbles: true }));
    }, text.repeat(20));
    await expect
      .poll(() => page.locator('[data-counts]').innerText())
      .toContain((text.length * 20).toLocaleString('en'));
    expect(await page.locator('.token').count()).toBeLessThan(3000);
    await takePicture(page, 'tokenizer-megabyte');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});
