// Slow: Gemma 3 270M answers, here and in llama.cpp.
/** A real file of another architecture: Gemma 3 270M in Q4_K_M goes on as in llama.cpp. */
import { basename, dirname } from 'node:path';
import { llamaCppMissing, loadInLlamaCpp } from '@llm/build/llama-cpp';
import { gemma3, realModelPath } from '@llm/build/real-models';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { familyOf } from '../hugging-face/config.js';
import { createTransformer } from '../transformer.js';
import { importGguf } from './import-gguf.js';
import { artifactSource } from './reading/byte-source.js';

const path = realModelPath(gemma3);
const days = 'Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, Monday, Tuesday,';
const count = 12;

test.skipIf(path === undefined || llamaCppMissing())(
  'Gemma 3: configuration, and the greedy tokens of llama.cpp',
  { timeout: 300_000 },
  async () => {
    const { config, parameters, specialTokens, tokenizer } = await importGguf(
      await artifactSource(new DirectoryStore(dirname(path!)), basename(path!)),
    );
    expect(config).toMatchObject({ depth: 18, width: 640, attentionWindow: 512, localRotaryBase: 10_000 });
    expect(familyOf(config)?.type).toBe('gemma3_text');
    expect(tokenizer).toMatchObject({ model: 'llama', addBos: true, addSpacePrefix: false });
    expect(tokenizer!.scores).toHaveLength(262_144);
    const theirs = await loadInLlamaCpp(path!);
    const prompt = [specialTokens.bos!, ...theirs.tokenize(days)];
    const ours = await createTransformer({
      config,
      parameters,
      executor: createNodeExecutor({ threads: 1 }),
    });
    const [completion] = await ours.generate([Int32Array.from(prompt)], {
      maxNewTokens: count,
      temperature: 0,
    });
    await ours.dispose();
    const context = await theirs.createContext({ contextSize: 128, threads: 1 });
    const answer: number[] = [];
    for await (const id of context.getSequence().evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
      answer.push(id);
      if (answer.length === count) break;
    }
    expect([...completion!.ids]).toEqual(answer);
    await context.dispose();
    await theirs.dispose();
  },
);
