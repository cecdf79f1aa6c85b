// Slow: a model is loaded and looked into in Chromium
/** The room against the same model in Node. */
import type { Assistant } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import { afterAll, describe, expect, test } from 'vitest';
import { tokenText } from '../components/token-text.js';
import { mostLikely } from '../rooms/inside/likely-tokens.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  roomTests,
  settled,
  sizes,
  takePicture,
} from '../testing/room-tests.js';

const tests = roomTests();
const text = 'The river runs';
let node: Assistant | undefined;

const address = (query: Record<string, string> = {}): string =>
  `inside?${new URLSearchParams({ run: tests!.id, text, ...query })}`;

/** As the room writes it. */
async function nextInNode(silencedHeads: readonly { layer: number; head: number }[] = []): Promise<string[]> {
  node ??= await loadModel(`${tests!.run}#pretrain`);
  const { model, tokenizer, beginToken } = node;
  const ids = Int32Array.from([...(beginToken === undefined ? [] : [beginToken]), ...tokenizer.encode(text)]);
  const { lens } = await model.inspect(ids, { silencedHeads });
  const last = lens.subarray(model.config.depth * model.vocabularySize);
  return mostLikely(last, 5).map(({ id }) => tokenText(tokenizer.tokenBytes(id)));
}

afterAll(() => node?.dispose());

describe.skipIf(tests === undefined)('inside a model', () => {
  test('next tokens, with all heads and with one silenced, are those in Node', async () => {
    const { page, problems } = await tests!.open(address());
    const next = page.getByRole('table', { name: 'Next token', exact: true }).getByRole('rowheader');
    const shown = async (): Promise<string[]> => (await next.allInnerTexts()).slice(0, 5);
    await expect.poll(shown).toEqual(await nextInNode());
    await settled(page);
    await expectAccessible(page);
    await takePicture(page, 'inside-attention');
    await page.getByRole('button', { name: 'Head 2' }).click();
    await page.getByRole('button', { name: 'Silence head 2 of layer 1' }).click();
    await expect.poll(shown).toEqual(await nextInNode([{ layer: 0, head: 1 }]));
    await page.getByText('with every head heard').waitFor();
    await page.getByRole('group', { name: 'Tokens' }).locator('[tabindex="0"]').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.url()).toContain('at=');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a step of learning makes the text likelier, and leaves no trace; on a phone', async () => {
    const { page, problems } = await tests!.open(address());
    const next = page.getByRole('table', { name: 'Next token', exact: true });
    await next.waitFor();
    const before = await next.innerText();
    await page.getByRole('button', { name: 'Take a step' }).click();
    const said = page.getByText('Loss of the text');
    await said.waitFor();
    const [, from, to] = /text ([\d.]+) → ([\d.]+)/.exec(await said.innerText())!;
    expect(Number(to)).toBeLessThan(Number(from));
    await page.getByRole('textbox', { name: 'Text' }).fill(`${text} to`);
    await expect.poll(() => next.innerText()).not.toBe(before);
    await page.getByRole('textbox', { name: 'Text' }).fill(text);
    await expect.poll(() => next.innerText()).toBe(before);
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await takePicture(page, 'inside-phone');
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});
