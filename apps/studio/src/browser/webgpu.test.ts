// Slow: WebGPU on a GPU in software
/** What is tried on WebGPU before it is used: the room says where it computes, and why not elsewhere. */
import { describe, expect, test } from 'vitest';
import { roomTests } from '../testing/room-tests.js';

const tests = roomTests([], { flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] });

describe.skipIf(tests === undefined)('with WebGPU', () => {
  test('training is tried there, and goes where it is faster', async () => {
    const { page, problems } = await tests!.open(`training?run=${tests!.id}&view=here`);
    const needs = page.getByRole('region', { name: 'What it needs' });
    await needs.waitFor({ timeout: 180_000 });
    expect(await needs.innerText()).toMatch(
      /computes on WebAssembly on .*(times as fast as WebGPU|not on WebGPU .*three small steps take more)|computes on WebGPU .* times as fast/,
    );
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
