/** Tiny models in every kind of source, and what is refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryStore } from '@llm/core/stores';
import type { Executor } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import {
  createModelConfig,
  createTransformer,
  initialParameters,
  quantizeParameters,
  saveCheckpoint,
  saveLora,
} from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { chatTemplate, toGgufTokenizer, toTokenizerJson, writeTokenizerConfig } from '@llm/tokenizer';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tinyTokenizer } from '../fixtures/tiny-tokenizer.js';
import { loadModel } from '../node/index.js';
import { loadModel as loadInPage } from '../web/index.js';
import { selfTest } from './self-test.js';

const directory = await mkdtemp(join(tmpdir(), 'llm-assistant-'));
afterAll(() => rm(directory, { recursive: true }));
const place = (name: string): string => join(directory, name);

const tokenizer = await tinyTokenizer();
const config = createModelConfig({
  vocabularySize: tokenizer.vocabularySize,
  contextLength: 256,
  depth: 3,
  width: 64,
  headWidth: 16,
  tiedHead: false,
});
const shaken = initialParameters({ ...config }, 'tiny');
// Projections into the residual stream start at zero: with numbers in them a wrong kernel shows.
const parameters = new Map(
  [...shaken].map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((value, i) => (value === 0 ? Math.sin(i * 7 + 1) / 12 : value)) },
  ]),
);
const eos = tokenizer.specialTokens.get('<|assistant_end|>')!;
const bos = tokenizer.specialTokens.get('<|bos|>')!;
const tokenizerFiles = {
  'tokenizer.json': toTokenizerJson(tokenizer),
  'tokenizer_config.json': writeTokenizerConfig({ chatTemplate, tokens: { bos_token: '<|bos|>' } }),
};
const specialTokens = { bos, eos };
const executor = createNodeExecutor({ threads: 1 });
const greedy = { temperature: 0, maxNewTokens: 12 };
const expected = await (async () => {
  const model = await createTransformer({ config, executor, parameters });
  const [completion] = await model.generate([Int32Array.from([bos, 50, 60])], {
    ...greedy,
    stopTokens: [eos],
  });
  await model.dispose();
  return [...completion!.ids];
})();

await exportHuggingFace(new DirectoryStore(place('folder')), '', {
  config,
  parameters,
  tokenizerFiles,
  specialTokens,
});
const run = new DirectoryStore(place('run'));
await run.write(
  'config.json',
  new TextEncoder().encode('{"kind": "llm/run-config", "version": 1, "options": {}}'),
);
await run.write(
  'sft/stage.json',
  new TextEncoder().encode('{"kind": "llm/stage", "version": 1, "status": "complete"}'),
);
await run.write(
  'rl/stage.json',
  new TextEncoder().encode('{"kind": "llm/stage", "version": 1, "status": "running"}'),
);
const snapshot = { stepsTaken: 7, parameters, optimizerState: new Map() };
await saveCheckpoint(run, 'sft/model', { config, snapshot, tokenizerFiles, specialTokens });

async function ids(source: string, options = {}): Promise<number[]> {
  const assistant = await loadModel(source, { executor, ...options });
  const found: number[] = [];
  for await (const part of assistant.complete(Int32Array.from([bos, 50, 60]), {
    ...greedy,
    logProbabilities: 0,
  }))
    if (part.type === 'tokens') found.push(...part.tokens.map(({ id }) => id));
  await assistant.dispose();
  return found;
}

const withoutEnd = expected.filter((id) => id !== eos);

describe('one model from', () => {
  test('a folder of Hugging Face', async () => {
    expect(await ids(place('folder'))).toEqual(withoutEnd);
    const assistant = await loadModel(place('folder'), { executor });
    expect(assistant).toMatchObject({
      name: 'folder',
      canChat: true,
      stopTokens: [eos],
      defaults: { temperature: 0 },
    });
    const parts = [];
    for await (const part of assistant.chat('Hi', { maxNewTokens: 4 })) parts.push(part);
    expect(parts.at(-1)).toMatchObject({ type: 'end', promptTokens: 6 });
    await assistant.dispose();
  });

  test('a run, its last finished model or one by name, and a checkpoint of it', async () => {
    expect(await ids(place('run'))).toEqual(withoutEnd);
    expect(await ids(`${place('run')}#sft`)).toEqual(withoutEnd);
    expect(await ids(join(place('run'), 'sft/model'))).toEqual(withoutEnd);
    await expect(loadModel(`${place('run')}#rl`, { executor })).rejects.toMatchObject({
      code: 'assistant/model-missing',
    });
  });

  test('a GGUF file, by its path and by its address', async () => {
    const file = place('tiny.F32.gguf');
    const store = new DirectoryStore(directory);
    const gguf = { config, parameters, tokenizer: toGgufTokenizer(tokenizer), specialTokens, chatTemplate };
    await store.write('tiny.F32.gguf', writeGguf(gguf));
    expect(await ids(file)).toEqual(withoutEnd);
    const bytes = await store.read('tiny.F32.gguf');
    const server = createServer((request, response) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
      response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length, etag: '"a"' });
      response.end(request.method === 'HEAD' ? undefined : part);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x/tiny.gguf?download=true`;
    expect(await ids(url)).toEqual(withoutEnd);
    const cache = new MemoryStore();
    const plans: number[] = [];
    const onPlan = ({ missingBytes }: { missingBytes: number }): undefined => void plans.push(missingBytes);
    for (const _ of [1, 2]) await (await loadInPage(url, { executor, cache, onPlan })).dispose();
    expect(plans).toEqual([bytes.length]);
    await expect(
      loadInPage(url, { executor, cache: new MemoryStore(), onPlan: () => false }),
    ).rejects.toMatchObject({
      code: 'assistant/download-refused',
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a folder and an adapter', async () => {
    const model = await createTransformer({
      config,
      executor,
      parameters,
      lora: { rank: 2, targets: ['q_proj', 'o_proj'] },
      seed: 3,
    });
    const { parameters: adapters } = await model.snapshot();
    const changed = new Map(
      [...adapters].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((value, i) => value + Math.cos(i) / 2) },
      ]),
    );
    await model.restore({ stepsTaken: 0, parameters: changed, optimizerState: new Map() });
    const [completion] = await model.generate([Int32Array.from([bos, 50, 60])], {
      ...greedy,
      stopTokens: [eos],
    });
    await model.dispose();
    const lora = { rank: 2, targets: ['q_proj', 'o_proj'] } as const;
    await saveLora(new DirectoryStore(directory), 'adapter', { adapters: changed, lora });
    const found = await ids(place('folder'), { adapter: place('adapter') });
    expect(found).toEqual([...completion!.ids].filter((id) => id !== eos));
    expect(found).not.toEqual(withoutEnd);
    await expect(loadModel(place('adapter'), { executor })).rejects.toMatchObject({
      code: 'assistant/source-unknown',
      message: expect.stringContaining('LoRA adapter'),
    });
  });
});

test('what is no model says what it is', async () => {
  await writeFile(place('notes.txt'), 'Hello there');
  for (const [source, code, text] of [
    [place('gone'), 'assistant/source-missing', 'There is no'],
    [place('notes.txt'), 'assistant/source-unknown', '"Hello there"'],
    [directory, 'assistant/source-unknown', 'holds no model'],
  ] as const)
    await expect(loadModel(source, { executor })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text),
    });
  for (const options of [{ dtype: 'as stored', adapter: 'x' }, { threads: 2 }] as const)
    await expect(loadModel(place('folder'), { executor, ...options })).rejects.toMatchObject({
      code: 'assistant/option-invalid',
    });
});

test('weights in 8 and in 4 bits are taken, and pass the self-test', async () => {
  for (const dtype of ['q8', 'q4'] as const)
    expect(await ids(place('folder'), { dtype })).toHaveLength(withoutEnd.length);
});

test('a random model writes what a schema wants', async () => {
  const assistant = await loadModel(place('folder'), { executor });
  const schema = z.object({
    name: z.string().max(6),
    n: z.int().min(0).max(99),
    tags: z.array(z.enum(['a', 'bc'])).max(2),
  });
  for (let seed = 0; seed < 6; seed++) {
    const text = await assistant.text('JSON!', { jsonSchema: schema, temperature: 1, seed });
    expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
  }
  await assistant.dispose();
});

describe('the self-test', () => {
  /** Changes what the runtime computed. */
  const spoilt = (change: (value: number, index: number) => number): Executor => ({
    ...executor,
    name: 'spoilt',
    async createSession(model, options) {
      const session = await executor.createSession(model, options);
      return {
        dispose: () => session.dispose(),
        async run(feeds, fetches) {
          const outputs = await session.run(feeds, fetches);
          return Object.fromEntries(
            Object.entries(outputs).map(([name, tensor]) => [
              name,
              tensor.type === 'float32'
                ? { ...tensor, data: (tensor.data as Float32Array).map(change) }
                : tensor,
            ]),
          ) as typeof outputs;
        },
      };
    },
  });

  test('takes a backend that is right, and one that rounds', async () => {
    await selfTest(config, parameters, executor);
    await selfTest(
      config,
      parameters,
      spoilt((value) => value * (1 + 2 ** -11)),
    );
  });

  /** As real models have them: scores lie nats apart, and products round them by more than a little. */
  const integers = quantizeParameters(
    new Map(
      [...parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: name === 'model.norm.weight' ? data.map((gain) => gain * 40) : data },
      ]),
    ),
    'q8',
  );

  test('takes weights of integers whose products round', () => selfTest(config, integers, executor));

  test.each<[string, (value: number, index: number) => number]>([
    ['a kernel that shifts', (value, index) => value + (index % 2)],
    ['zeros', () => 0],
    ['infinities', () => Number.POSITIVE_INFINITY],
    ['no numbers', () => Number.NaN],
  ])('refuses %s', async (_, change) => {
    for (const weights of [parameters, integers]) {
      const error: unknown = await selfTest(config, weights, spoilt(change)).catch(
        (reason: unknown) => reason,
      );
      expect(LlmError.isInstance(error) && error.code).toBe('assistant/backend-wrong');
    }
  });
});
