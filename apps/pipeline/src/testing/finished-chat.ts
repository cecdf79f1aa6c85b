/** A finished model of a run that has learned one conversation by heart, and the folder it lies in. */
import type { Conversation, TokenBatch } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, loadCheckpoint } from '@llm/model';
import { exportOnnx, writeGguf } from '@llm/model/export';
import {
  type BpeTokenizer,
  chatSpecialTokens,
  chatTemplate,
  createChatRenderer,
  toGgufTokenizer,
  toTokenizerJson,
  trainTokenizer,
} from '@llm/tokenizer';
import { modelPrefix, saveFinishedModel } from '../models/stage-checkpoints.js';

export const patterns = ['gpt2', 'cl100k', 'o200k', 'singleDigits', 'nanochat'] as const;
export type FinishedPattern = (typeof patterns)[number];

const say = (role: 'system' | 'user' | 'assistant', text: string): Conversation['messages'][number] => ({
  role,
  parts: [{ type: 'text', text }],
});

/** Texts that the patterns of tokenizers divide in different ways. */
export const texts = [
  "It's 12345 O'CLOCK, they'll say: HERS!",
  '  two  spaces\n\n\ttab and 3.14159 — naïve café',
  'Привет, мир! 你好，世界 👩‍👩‍👧 x²=4',
  'HTTPServer fooBar don’t',
] as const;

export const learned: Conversation = {
  messages: [say('user', 'Who sat on the mat in 1234?'), say('assistant', "The cat did, it's known.")],
};

/**
 * Prompts that must be rendered alike: several turns, a system
 * message, calls and outputs. `messages` says the same to others.
 */
export const prompts: readonly Conversation[] = [
  { messages: [learned.messages[0]!] },
  {
    messages: [
      say('system', 'Be brief.'),
      say('user', 'Hi there!'),
      say('assistant', ' Hello '),
      say('user', '1+1?'),
    ],
  },
  {
    messages: [
      say('user', 'What is 12+30?'),
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Let me see. ' },
          { type: 'tool-call', tool: 'calculator', input: '12+30' },
          { type: 'tool-output', text: '42' },
          { type: 'text', text: 'It is 42.' },
        ],
      },
      say('user', 'Thanks\n'),
    ],
  },
];

const tell = (role: string, content: string): object => ({ role, content });

export const messages: readonly (readonly object[])[] = [
  [tell('user', 'Who sat on the mat in 1234?')],
  [
    tell('system', 'Be brief.'),
    tell('user', 'Hi there!'),
    tell('assistant', ' Hello '),
    tell('user', '1+1?'),
  ],
  [
    tell('user', 'What is 12+30?'),
    {
      role: 'assistant',
      content: 'Let me see. ',
      tool_calls: [{ type: 'function', function: { name: 'calculator', arguments: '12+30' } }],
    },
    tell('tool', '42'),
    tell('assistant', 'It is 42.'),
    tell('user', 'Thanks\n'),
  ],
];

export interface FinishedChat {
  /** Folder of config.json. */
  readonly folder: string;
  readonly tokenizer: BpeTokenizer;
}

/**
 * Writes `DIRECTORY/sft/model/step-…` as a run does, `onnx/` in it, and `model.gguf` beside it where
 * llama.cpp knows the pattern.
 */
export async function writeFinishedChat(directory: string, pattern: FinishedPattern): Promise<FinishedChat> {
  const source = [...texts, ...JSON.stringify([learned, ...prompts]).split('"')].filter(
    (text) => text !== '',
  );
  const tokenizer = await trainTokenizer([...source, ...source], {
    vocabularySize: 420,
    specialTokens: chatSpecialTokens,
    pattern,
  });
  const { vocabularySize } = tokenizer;
  const config = createModelConfig({ depth: 1, width: 64, vocabularySize, contextLength: 128 });
  const model = await createTransformer({ config, executor: createNodeExecutor({ threads: 1 }), seed: 1 });
  const batch = batchOf(createChatRenderer(tokenizer).render(learned));
  for (let step = 0; step < 60; step++) await model.trainStep(batch, { learningRate: 5e-3 });
  const store = new DirectoryStore(directory);
  const tokenizerJson = new TextEncoder().encode(toTokenizerJson(tokenizer));
  await saveFinishedModel(store, 'sft', { model, config, tokenizerJson }, {});
  await model.dispose();
  const { snapshot, tokenizerFiles, specialTokens } = await loadCheckpoint(store, modelPrefix('sft'));
  const { parameters } = snapshot;
  const [key] = await store.list(`${modelPrefix('sft')}/step-`);
  const prefix = key!.slice(0, key!.lastIndexOf('/'));
  await exportOnnx(store, prefix, { config, parameters, tokenizerFiles, specialTokens, dtypes: ['fp32'] });
  if (pattern === 'nanochat') return { folder: `${directory}/${prefix}`, tokenizer };
  const { bos, eos } = specialTokens;
  const gguf = writeGguf({
    config,
    parameters,
    tokenizer: toGgufTokenizer(tokenizer),
    specialTokens: { bos, eos: eos as number },
    chatTemplate,
  });
  await store.write('model.gguf', gguf);
  return { folder: `${directory}/${prefix}`, tokenizer };
}

function batchOf({ ids, mask }: { readonly ids: Int32Array; readonly mask: Uint8Array }): TokenBatch {
  const weights = Float32Array.from(mask.subarray(1));
  return {
    rows: 1,
    columns: ids.length - 1,
    inputs: ids.slice(0, -1),
    targets: ids.slice(1),
    weights,
    normalizer: weights.reduce((sum, weight) => sum + weight, 0),
  };
}
