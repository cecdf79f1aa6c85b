// Slow: pages are served and opened in Chromium, and load models of 20 and 98 MB
/**
 * `loadModel` of `@llm/assistant/web` in headless Chromium: downloads that are cut, refused and continued.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { realModelPath, smolLM2 } from '@llm/build/real-models';
import { MemoryStore } from '@llm/core/stores';
import { createModelConfig, initialParameters } from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { chatTemplate, toGgufTokenizer, toTokenizerJson, writeTokenizerConfig } from '@llm/tokenizer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadReport } from './fixtures/load-page.js';
import { type FileRequest, repository, startModelServer } from './fixtures/model-server.js';
import { tinyTokenizer } from './fixtures/tiny-tokenizer.js';
import { loadModel } from './node/index.js';

const wanted = process.env.LLM_BROWSER !== undefined;
const chromium = wanted ? findChromium('Loading models in a page') : undefined;
if (!wanted) process.stderr.write('SKIPPED: models are loaded in a page with npm run test:browser\n');

const piece = 2 ** 24;
const greedy = { temperature: 0, maxNewTokens: 8, logProbabilities: 0 } as const;

/** Tokens of the answer in Node. */
async function answerInNode(source: string, message: string, maxNewTokens = 8): Promise<number[]> {
  const assistant = await loadModel(source, { threads: 2 });
  const ids: number[] = [];
  for await (const part of assistant.chat(message, { ...greedy, maxNewTokens }))
    if (part.type === 'tokens') ids.push(...part.tokens.map(({ id }) => id));
  await assistant.dispose();
  return ids;
}

/** A model whose file takes two pieces, and the same as a folder of Hugging Face. */
async function modelFiles(): Promise<Map<string, Uint8Array>> {
  const tokenizer = await tinyTokenizer();
  const config = createModelConfig({
    vocabularySize: tokenizer.vocabularySize,
    contextLength: 128,
    depth: 1,
    width: 128,
    headWidth: 32,
    feedForwardWidth: 12_800,
  });
  const parameters = new Map(
    [...initialParameters(config, 'page')].map(([name, { shape, data }]) => [
      name,
      // Larger than initial ones, so that the greatest score stands alone.
      { shape, data: data.map((value, i) => (value === 0 ? Math.sin(i * 7 + 1) / 12 : 2 * value)) },
    ]),
  );
  const specialTokens = {
    bos: tokenizer.specialTokens.get('<|bos|>')!,
    eos: tokenizer.specialTokens.get('<|assistant_end|>')!,
  };
  const common = { config, parameters, specialTokens };
  const folder = new MemoryStore();
  const tokenizerFiles = {
    'tokenizer.json': toTokenizerJson(tokenizer),
    'tokenizer_config.json': writeTokenizerConfig({ chatTemplate, tokens: { bos_token: '<|bos|>' } }),
  };
  await exportHuggingFace(folder, repository, { ...common, tokenizerFiles });
  const files = new Map<string, Uint8Array>();
  for (const key of await folder.list('')) files.set(key, await folder.read(key));
  files.set('big.gguf', writeGguf({ ...common, tokenizer: toGgufTokenizer(tokenizer), chatTemplate }));
  return files;
}

function open<Report>(query: Record<string, string>, more: { quota?: number; flags?: string[] } = {}) {
  return openInChromium({
    chromium: chromium!,
    root: join(import.meta.dirname, '..'),
    page: `src/fixtures/load-page.html?${new URLSearchParams(query)}`,
    webgpu: false,
    timeout: 500_000,
    ...more,
  }) as Promise<Report>;
}

describe.skipIf(chromium === undefined)('in headless Chromium', { timeout: 560_000 }, () => {
  let files: Map<string, Uint8Array>;
  let expected: number[];
  let directory: string;
  beforeAll(async () => {
    files = await modelFiles();
    directory = await mkdtemp(join(tmpdir(), 'llm-page-'));
    await writeFile(join(directory, 'big.gguf'), files.get('big.gguf')!);
    expected = await answerInNode(join(directory, 'big.gguf'), 'Hi');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  describe('files of a server', () => {
    type Loads = Readonly<
      Record<
        'cutShort' | 'resumed' | 'spoilt' | 'folder' | 'offline' | 'offlineFolder' | 'neverSeen',
        LoadReport
      >
    > & { readonly tabs: readonly LoadReport[] };
    let loads: Loads;
    let requests: readonly FileRequest[];
    let size: number;
    const cut = piece + 1_000_000;
    beforeAll(async () => {
      const server = await startModelServer(files);
      size = files.get('big.gguf')!.length;
      const query = { scenario: 'files', server: server.origin, cut: String(cut) };
      loads = await open<Loads>(query, { flags: ['--disable-popup-blocking'] });
      requests = server.requests;
      await server.close();
    }, 560_000);
    const ranges = (path: RegExp): (string | undefined)[] =>
      requests.filter((each) => each.method === 'GET' && path.test(each.path)).map(({ range }) => range);

    test('are announced with their size, and a transfer that is cut keeps what came', () => {
      const { plan, progress, total, error, stored } = loads.cutShort;
      expect(plan).toEqual({ files: [{ name: 'big.gguf', size }], totalBytes: size, missingBytes: size });
      expect(total).toBe(size);
      expect(progress.at(-1)).toBe(cut);
      expect(error?.code).toBe('assistant/source-unreachable');
      expect(stored.filter((key) => /\/00000$/.test(key))).toHaveLength(1);
    });

    test('are continued where they were cut, and answer as in Node', () => {
      const { plan, answer, error, stored } = loads.resumed;
      expect(error).toBeUndefined();
      expect(plan?.missingBytes).toBe(size - cut);
      expect(ranges(/^\/cut/)).toEqual([
        `bytes=0-${piece - 1}`,
        `bytes=${piece}-${size - 1}`,
        `bytes=${cut}-${size - 1}`,
      ]);
      expect(answer).toEqual(expected);
      expect(stored.filter((key) => key.endsWith('.part'))).toEqual([]);
    });

    test('are thrown away where their hash is another, and fetched anew', () => {
      const { error, stored } = loads.spoilt;
      expect(error).toMatchObject({
        code: 'assistant/download-corrupt',
        message: expect.stringContaining('model.safetensors'),
      });
      expect(stored.filter((key) => key.includes('safetensors'))).toEqual([]);
      expect(loads.folder.answer).toEqual(expected);
    });

    test('are fetched once by two tabs', () => {
      for (const { answer, error } of loads.tabs) {
        expect(error).toBeUndefined();
        expect(answer).toEqual(expected);
      }
      expect(ranges(/^\/big\.gguf$/)).toEqual([`bytes=0-${piece - 1}`, `bytes=${piece}-${size - 1}`]);
    });

    test('need no network the next time', () => {
      for (const { answer, plan, warnings } of [loads.offline, loads.offlineFolder]) {
        expect(answer).toEqual(expected);
        expect(plan).toBeUndefined();
        expect(warnings).toEqual(['assistant/offline']);
      }
      expect(loads.neverSeen.error?.code).toBe('assistant/source-unreachable');
    });
  });

  test('where there is no room it is said, with sizes', async () => {
    const server = await startModelServer(files);
    const query = { scenario: 'quota', server: server.origin };
    type Loads = Readonly<Record<'before' | 'during' | 'torn', LoadReport>>;
    const { before, during, torn } = await open<Loads>(query, { quota: 12_000_000 });
    for (const { error, stored } of [before, during, torn]) {
      expect(error).toEqual({
        code: 'assistant/storage-full',
        message: expect.stringMatching(
          /^The model needs 20 MB more than is here, and the browser does not give/,
        ),
      });
      expect(stored.filter((key) => /\/0000\d/.test(key))).toEqual([]);
    }
    // The first call fetched nothing.
    const methods = server.requests.map(({ method }) => method);
    expect(methods.slice(0, 3)).toEqual(['HEAD', 'HEAD', 'GET']);
    await server.close();
  });

  test("the README's page answers", async () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('## In a page'));
    const block = (language: string): string =>
      new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)![1]!;
    const root = mkdtempSync(join(import.meta.dirname, 'page-'));
    const report = `await fetch('/report', { method: 'POST', body: JSON.stringify(output.value) });\n`;
    writeFileSync(join(root, 'index.html'), block('html'));
    writeFileSync(join(root, 'main.ts'), `${block('ts')}\n${report}`);
    writeFileSync(join(root, 'vite.config.js'), block('js'));
    const server = await startModelServer(files);
    try {
      const { default: vite } = (await import(/* @vite-ignore */ join(root, 'vite.config.js'))) as {
        default: object;
      };
      const page = `?${new URLSearchParams({ model: `${server.origin}/big.gguf` })}`;
      const shared = { chromium: chromium!, webgpu: false, timeout: 500_000 };
      const output = await openInChromium({ ...shared, root, page, bundled: true, vite });
      expect(output).toMatch(/^20 MB to fetch\. ./);
    } finally {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    }
  });

  const smol = chromium === undefined ? undefined : realModelPath(smolLM2);
  test.skipIf(smol === undefined)('SmolLM2 answers from its own file, as in Node', async () => {
    const message = 'Hi';
    const server = await startModelServer(new Map([['smol.gguf', readFileSync(smol!)]]));
    const query = { scenario: 'one', source: `${server.origin}/smol.gguf`, message, tokens: '5' };
    const { loaded } = await open<{ readonly loaded: LoadReport }>({ ...query, server: server.origin });
    await server.close();
    expect(loaded.error).toBeUndefined();
    expect(loaded.answer).toEqual(await answerInNode(smol!, message, 5));
  });
});
