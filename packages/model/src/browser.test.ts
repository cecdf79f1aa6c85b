import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { ByteTokenizer } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, describe, expect, test } from 'vitest';
import { createModelConfig } from './config/create-model-config.js';
import { pretrain } from './training/pretrain.js';
import { createTransformer } from './transformer.js';

interface PageReport {
  readonly isolated: boolean;
  readonly provider: string;
  readonly losses: readonly number[];
  readonly text: string;
}

const wanted = process.env.LLM_BROWSER !== undefined;
const chromium = wanted ? findChromium('Training in a page') : undefined;
if (!wanted) process.stderr.write('SKIPPED: training in a page runs with npm run test:browser\n');

/** The page of the README as it stands there, bundled, with its results posted at the end. */
function readmePage(): string {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Train in a page'));
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)![1]!;
  const root = mkdtempSync(join(import.meta.dirname, 'page-'));
  const report = '{ isolated: crossOriginIsolated, provider, losses, text }';
  writeFileSync(join(root, 'index.html'), block('html'));
  writeFileSync(
    join(root, 'main.ts'),
    `${block('ts')}\nawait fetch('/report', { method: 'POST', body: JSON.stringify(${report}) });\n`,
  );
  writeFileSync(join(root, 'vite.config.js'), block('js'));
  return root;
}

async function lossesInNode(): Promise<number[]> {
  const config = createModelConfig({ depth: 1, width: 64, vocabularySize: 257, contextLength: 32 });
  const model = await createTransformer({ config, executor: createNodeExecutor({ threads: 1 }), seed: 1 });
  const losses: number[] = [];
  await pretrain({
    model,
    tokenizer: new ByteTokenizer(),
    documents: ['The cat sat on the mat.', 'The dog sat on the log.'],
    steps: 60,
    rows: 4,
    columns: 32,
    schedule: { shape: 'trapezoid', peak: 3e-3, steps: 60, warmUpSteps: 5 },
    onEvent: (event) => {
      if (event.type === 'metric') losses.push(event.values.loss!);
    },
  });
  await model.dispose();
  return losses;
}

describe.skipIf(chromium === undefined)('the page of the README', () => {
  const root = chromium === undefined ? '' : readmePage();
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test.each([
    { provider: 'wasm', tolerance: 1e-3 },
    { provider: 'webgpu', tolerance: 1e-2 },
  ])('trains and generates on $provider', { timeout: 600_000 }, async ({ provider, tolerance }) => {
    const { default: vite } = (await import(/* @vite-ignore */ join(root, 'vite.config.js'))) as {
      default: object;
    };
    const page = (await openInChromium({
      chromium: chromium!,
      root,
      bundled: true,
      webgpu: provider === 'webgpu',
      vite,
    })) as PageReport;
    expect(page).toMatchObject({ isolated: true, provider, text: 'sat on ' });
    const expected = await lossesInNode();
    expect(page.losses.length).toBe(60);
    expect(page.losses[59]).toBeLessThan(page.losses[0]! / 8);
    const differences = page.losses.map((loss, step) => Math.abs(loss - expected[step]!));
    expect(Math.max(...differences)).toBeLessThan(tolerance);
  });
});
