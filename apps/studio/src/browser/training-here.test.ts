// Slow: models are trained in Chromium
/** A model that is trained in the page: cut off by a reload, hidden, downloaded, talked to, deleted. */
import { readFileSync } from 'node:fs';
import { loadModel } from '@llm/assistant/node';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { exampleText } from '../rooms/training/here/example-text.js';
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
const hostile = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>';
const text = Array.from({ length: 40 }, (_, i) => `${hostile} ${i}\n\n`).join('') + exampleText(40);
const small = {
  ...{ Layers: 1, Vocabulary: 300, 'Context, in tokens': 16, 'Texts in a step': 4 },
  ...{ 'Learning rate': 0.01, Steps: 60 },
};

async function fill(page: Page, name: string, choice: Readonly<Record<string, number>> = small) {
  await page.getByRole('textbox', { name: /^Text / }).fill(text);
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  for (const [field, value] of Object.entries(choice))
    await page.getByRole('spinbutton', { name: field, exact: true }).fill(String(value));
  await page.getByRole('region', { name: 'What it needs' }).waitFor();
}
const train = (page: Page): Promise<void> => page.getByRole('button', { name: 'Train', exact: true }).click();
const plot = (page: Page, metric: string): Locator =>
  page.getByRole('group', { name: new RegExp(`^${metric}\\. `) });
const done = (page: Page): Promise<void> => page.getByText('It is trained, and kept').waitFor();
const step = async (page: Page): Promise<number> =>
  Number(/Step ([\d,]+)/.exec(await page.locator('[data-step]').innerText())![1]!.replaceAll(',', ''));
const hide = (page: Page, state: 'hidden' | 'visible'): Promise<void> =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
/** What the curve says in words, without the name of the training. */
const said = async (page: Page, metric: string): Promise<string> =>
  ((await plot(page, metric).getAttribute('aria-label')) ?? '').replace(/model-\w+/, 'it');

describe.skipIf(tests === undefined)('training in the page', () => {
  test('reloaded in the middle it goes on, to the numbers of one that was left alone', async () => {
    const { page, problems } = await tests!.open(`training?run=${tests!.id}&view=here`);
    await fill(page, 'model-whole');
    const needs = await page.getByRole('region', { name: 'What it needs' }).innerText();
    // Two embeddings, and a layer of 64: counted in training-choice.test.ts.
    expect(needs).toMatch(/^91,\d{3} parameters, about \d+(\.\d+)? MB of memory, and about .*tokens\/s/);
    expect(needs).toContain('computes on WebAssembly on');
    await expectAccessible(page);
    await page.setViewportSize(sizes.phone);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(sizes.wide);
    await train(page);
    await done(page);
    const [loss, bits] = [await said(page, 'loss'), await said(page, 'bits_per_byte')];
    expect(loss).toContain('it: 60 points from 5.');
    await page.getByRole('heading', { name: 'Samples over time' }).waitFor();
    await expectAccessible(page);
    await takePicture(page, 'training-here');
    await page.getByRole('button', { name: 'Back to the list' }).click();

    await fill(page, 'model-cut');
    await train(page);
    await expect.poll(() => step(page)).toBeGreaterThan(12);
    await page.reload();
    await page.getByRole('region', { name: 'Training model-cut' }).waitFor();
    await done(page);
    expect(await said(page, 'loss')).toBe(loss);
    expect(await said(page, 'bits_per_byte')).toBe(bits);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(problems).toEqual([]);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download for Hugging Face' }).click();
    const zip = unzipSync(readFileSync(await savedFile(await download)));
    expect(Object.keys(zip).sort()).toEqual(
      ['config', 'generation_config', 'model', 'tokenizer', 'tokenizer_config'].map(
        (name) => `model-cut/${name}.${name === 'model' ? 'safetensors' : 'json'}`,
      ),
    );
    const gguf = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download GGUF' }).click();
    const file = await savedFile(await gguf);
    const model = await loadModel(file);
    expect(model.model.parameterCount).toBe(Number(/^[\d,]+/.exec(needs)![0].replace(',', '')));
    await model.dispose();

    await page.getByRole('link', { name: 'Talk to it' }).click();
    await page.getByText('M parameters on').waitFor();
    await page.getByRole('textbox', { name: /^The document for/ }).fill('There was a ');
    await page.getByRole('button', { name: 'Continue the document' }).click();
    const written = page.getByRole('region', { name: /^What here:model-cut wrote/ });
    await expect.poll(() => written.innerText()).toMatch(/\w{2}/);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('hidden it waits, paused it stays, and a tab of its own may not disturb it', async () => {
    const { page, problems } = await tests!.open('training?view=here');
    await fill(page, 'model-long', { ...small, Steps: 100_000 });
    await train(page);
    await expect.poll(() => step(page)).toBeGreaterThan(2);
    await hide(page, 'hidden');
    await page.getByText('It waits: a page that is not seen').waitFor();
    await page.getByRole('button', { name: 'Stay paused' }).waitFor();
    const at = await step(page);
    await page.waitForTimeout(300);
    expect(await step(page)).toBe(at);
    await hide(page, 'visible');
    await expect.poll(() => step(page)).toBeGreaterThan(at);

    const second = await page.context().newPage();
    second.setDefaultTimeout(90_000);
    await second.goto(page.url());
    await second.getByRole('button', { name: 'model-long' }).click();
    await second.getByRole('button', { name: 'Go on' }).click();
    await second.getByText('is being trained in another tab').waitFor();
    await second.close();

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'model-long' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('button', { name: 'Delete it for good' }).click();
    await page.getByRole('heading', { name: 'Train a model in this page' }).waitFor();
    expect(await page.getByRole('button', { name: 'model-long' }).count()).toBe(0);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('a loss that explodes is told, and so is a text that is too short', async () => {
    const { page } = await tests!.open(`training?run=${tests!.id}&view=here`);
    await fill(page, 'model-hot', { ...small, Steps: 4000, 'Learning rate': 1 });
    await page.getByRole('textbox', { name: /^Text / }).fill('too short');
    await train(page);
    await page.getByText('Training needs two documents at least').waitFor();
    await page.getByRole('button', { name: /^Take the text of/ }).click();
    await page.getByText(/characters of the text of/).waitFor();
    await settled(page);
    await train(page);
    await page
      .getByText(/The loss explodes|is no number/)
      .first()
      .waitFor();
    await tests!.close(page);
  });
});
