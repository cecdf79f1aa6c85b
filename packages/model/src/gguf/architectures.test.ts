// Against llama.cpp's converter and transformers: see tooling/oracles/model/gguf_architectures.py
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../checkpoint/sha256.js';
import type { ModelConfig } from '../config/model-config.js';
import fixture from '../fixtures/gguf-architectures.json' with { type: 'json' };
import { f32, ggufBytes, pair, tensor, text, u32, valueTypes } from '../fixtures/gguf-bytes.js';
import { oracleWeights } from '../fixtures/oracle-weights.js';
import { familyOf } from '../hugging-face/config.js';
import { importHuggingFace } from '../hugging-face/import-model.js';
import { createTransformer } from '../transformer.js';
import { writeSafetensors } from '../weights/safetensors.js';
import { importGguf } from './import-gguf.js';
import { bytesSource } from './reading/byte-source.js';
import type { GgufFile } from './reading/gguf-file.js';
import { openGguf } from './reading/open-gguf.js';
import { writeGguf } from './write-gguf.js';

interface Case {
  readonly config: { readonly model_type: string };
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly logits: readonly (readonly number[])[];
  readonly greedy: readonly number[];
  readonly architecture: string;
  /** Type and value. */
  readonly keys: Readonly<Record<string, readonly [type: string, value: number | string]>>;
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly sha256: string }>>;
}

const cases = Object.entries(fixture.cases as unknown as Readonly<Record<string, Case>>);
const executor = createNodeExecutor({ threads: 1 });
const inputs = Int32Array.from(fixture.inputs);

async function imported({ config, shapes }: Case) {
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, oracleWeights(name, shape)]));
  const store = new MemoryStore();
  await store.write('m/config.json', new TextEncoder().encode(JSON.stringify(config)));
  await store.write('m/model.safetensors', writeSafetensors(tensors));
  return importHuggingFace(store, 'm');
}

/** What llama.cpp computes without its window is written without. */
const written = async (expected: Case, overrides: Partial<ModelConfig> = {}): Promise<GgufFile> => {
  const { config, parameters } = await imported(expected);
  return openGguf(bytesSource(writeGguf({ config: { ...config, ...overrides }, parameters })));
};

const without = (name: string): Partial<ModelConfig> =>
  name.endsWith('-window') ? { attentionWindow: undefined, windowedLayers: [true] } : {};

describe.each(cases)('%s', (name, expected) => {
  test('tensors are those of the converter to the byte, and no key says another thing', async () => {
    const file = await written(expected, without(name));
    expect(file.metadata.get('general.architecture')).toBe(expected.architecture);
    const found: Record<string, Case['tensors'][string]> = {};
    for (const { name: tensorName, shape } of file.tensors.values()) {
      const hash = sha256(await file.readTensor(tensorName));
      found[tensorName] = { shape: [...shape], sha256: hash.slice(0, 12) };
    }
    expect(found).toEqual(expected.tensors);
    let same = 0;
    for (const [key, [, value]] of Object.entries(expected.keys)) {
      // Of models that do not scale anything.
      if (!file.metadata.has(key) || name.endsWith('-window')) continue;
      same++;
      expect([key, file.metadata.get(key)]).toEqual([key, value]);
    }
    expect(name.endsWith('-window') || same >= 6).toBe(true);
  });

  test('the converted file computes what transformers does, and stays of its family', async () => {
    const file = await written(expected, without(name));
    const pairs = [pair('general.architecture', valueTypes.string, text(expected.architecture))];
    for (const [key, [type, value]] of Object.entries(expected.keys)) {
      const field = { uint32: u32, float32: f32, string: text }[type] as unknown as (
        of: unknown,
      ) => Uint8Array;
      pairs.push(pair(key, valueTypes[type as 'uint32'], field(value)));
    }
    const data: Uint8Array[] = [];
    let offset = 0;
    const tensors = [];
    for (const [tensorName, { shape }] of Object.entries(expected.tensors)) {
      const bytes = await file.readTensor(tensorName);
      tensors.push(tensor(tensorName, shape.toReversed(), 0, offset));
      const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
      padded.set(bytes);
      data.push(padded);
      offset += padded.length;
    }
    const theirs = ggufBytes({ pairs, tensors, data: new Uint8Array(Buffer.concat(data)) });
    const { config, parameters } = await importGguf(bytesSource(theirs));
    const { model_type: type } = expected.config;
    expect(familyOf(config)?.type).toBe(type === 'mistral' ? 'llama' : type);
    const model = await createTransformer({ config, parameters, executor });
    const logits = await model.logits({ rows: 1, columns: inputs.length, inputs });
    for (const [index, position] of fixture.positions.entries()) {
      const size = config.vocabularySize;
      const largest = Math.max(...expected.logits[index]!.map(Math.abs));
      for (const [id, value] of expected.logits[index]!.entries())
        expect(Math.abs(logits[position * size + id]! - value) / largest, `${position} ${id}`).toBeLessThan(
          2e-5,
        );
    }
    const prompt = inputs.slice(0, fixture.prompt);
    const [completion] = await model.generate([prompt], { maxNewTokens: 8, temperature: 0 });
    expect([...completion!.ids]).toEqual(expected.greedy);
    await model.dispose();
  });
});
