// Slow: a model answers in Chromium on a graphics card that is made up by SwiftShader
/** The chat on WebGPU says so, and answers as the same model does in Node; training is tried there first. */
import { existsSync } from 'node:fs';
import type { AnswerPart } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import { describe, expect, test } from 'vitest';
import { roomTests } from '../testing/room-tests.js';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env.LLM_BROWSER !== undefined && !existsSync(driver))
  process.stderr.write(`SKIPPED: the chat on WebGPU: ${driver} is not here\n`);
const tests = existsSync(driver)
  ? roomTests({
      browser: {
        args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
        env: { VK_ICD_FILENAMES: driver },
      },
    })
  : undefined;
const question = 'What is 12 plus 30?';

describe.skipIf(tests === undefined)('on WebGPU', () => {
  test('says where it computes, and the answer is that of Node', async () => {
    const model = await loadModel(`${tests!.run}#sft`);
    let expected = '';
    for await (const part of model.chat(question, {
      temperature: 0,
      maxNewTokens: 24,
    }) as AsyncIterable<AnswerPart>)
      if (part.type === 'text') expected += part.text;
    await model.dispose();
    const { page, problems } = await tests!.open(`chat?run=${tests!.id}&models=sft`);
    const where = page.getByText('M parameters on');
    await where.waitFor();
    expect(await where.innerText()).toMatch(/on WebGPU \(google swiftshader\)/);
    await page.getByText('Sampling and system prompt').click();
    await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0');
    await page.getByRole('spinbutton', { name: 'Tokens at most' }).fill('24');
    await page.getByRole('textbox', { name: 'Your message' }).fill(question);
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: 'sft said' });
    await answer.getByRole('button', { name: 'Answer again' }).waitFor();
    expect((await answer.locator('.said').allInnerTexts()).join('')).toBe(expected);
    expect(problems).toEqual([]);
    await tests!.close(page);
  });

  test('training is tried there, and goes where it is faster', async () => {
    const { page, problems } = await tests!.open(`training?run=${tests!.id}&view=here`);
    const needs = page.getByRole('region', { name: 'What it needs' });
    await needs.waitFor();
    expect(await needs.innerText()).toMatch(
      /computes on WebAssembly on .*(times as fast as WebGPU|not on WebGPU .*three small steps take more)|computes on WebGPU .* times as fast/,
    );
    expect(problems).toEqual([]);
    await tests!.close(page);
  });
});
