// Slow: a model is trained, written and opened by transformers.js and llama.cpp for each of five patterns.
/** The folder of a finished model in other programs: the same ids, the same chat, and answers that end. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AutoModelForCausalLM, AutoTokenizer, env, type Tensor } from '@huggingface/transformers';
import { llamaCppMissing, loadInLlamaCpp } from '@llm/build/llama-cpp';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { createTransformer } from '@llm/model';
import { importModel } from '@llm/model/node';
import {
  type BpeTokenizer,
  chatTemplate,
  createChatRenderer,
  readTokenizerConfig,
  toTokenizerJson,
} from '@llm/tokenizer';
import { afterAll, describe, expect, test } from 'vitest';
import { messages, patterns, prompts, texts, writeFinishedChat } from '../testing/finished-chat.js';
import { finishedModelFiles } from './model-files.js';

const missing = llamaCppMissing();
const directory = mkdtempSync(join(tmpdir(), 'llm-finished-'));
afterAll(() => rmSync(directory, { recursive: true }));
env.allowRemoteModels = false;

/** What transformers made of the same folders: tooling/oracles/model/chat_models.py. */
const recorded = JSON.parse(
  readFileSync(new URL('../testing/transformers-chat.json', import.meta.url), 'utf8'),
) as {
  readonly patterns: Readonly<
    Record<
      string,
      {
        readonly texts: readonly (readonly number[])[];
        readonly prompts: readonly (readonly number[])[];
        readonly special: readonly unknown[];
        readonly generation: readonly number[];
        readonly answer: readonly number[];
      }
    >
  >;
};

const idsOf = (tokenizer: BpeTokenizer): number[][] => texts.map((text) => [...tokenizer.encode(text)]);

describe.each(patterns)('the %s pattern', (pattern) => {
  const folder = join(directory, pattern);
  const written = writeFinishedChat(folder, pattern);

  test('our ids, prompts and answer are those of transformers', async () => {
    const { folder: model, tokenizer } = await written;
    const theirs = recorded.patterns[pattern]!;
    expect(idsOf(tokenizer)).toEqual(theirs.texts);
    const renderer = createChatRenderer(tokenizer);
    expect(prompts.map((prompt) => [...renderer.renderPrompt(prompt)])).toEqual(theirs.prompts);
    const { specialTokens, ...imported } = await importModel(model);
    const { bos, eos } = specialTokens;
    expect([bos, eos]).toEqual(theirs.generation);
    expect(['<|bos|>', '<|assistant_end|>', bos, eos]).toEqual(theirs.special);
    const executor = createNodeExecutor({ threads: 1 });
    const ours = await createTransformer({ ...imported, executor });
    const prompt = renderer.renderPrompt(prompts[0]!);
    const options = { maxNewTokens: 60, temperature: 0, stopTokens: [renderer.stopToken] };
    const [completion] = await ours.generate([prompt], options);
    expect(completion!.stopReason).toBe('stop');
    expect([...completion!.ids]).toEqual(theirs.answer);
    await ours.dispose();
  });

  test('transformers.js splits and chats alike, and stops by itself', async () => {
    const { folder: model, tokenizer } = await written;
    env.localModelPath = dirname(model);
    const theirs = await AutoTokenizer.from_pretrained(basename(model));
    expect(texts.map((text) => theirs.encode(text, { add_special_tokens: false }))).toEqual(idsOf(tokenizer));
    const renderer = createChatRenderer(tokenizer);
    for (const [index, prompt] of prompts.entries()) {
      const ids = theirs.apply_chat_template(messages[index] as never, {
        add_generation_prompt: true,
        return_tensor: false,
        return_dict: false,
      });
      expect(ids).toEqual([...renderer.renderPrompt(prompt)]);
    }
    const network = await AutoModelForCausalLM.from_pretrained(basename(model), { dtype: 'fp32' });
    const inputs = theirs.apply_chat_template(messages[0] as never, {
      add_generation_prompt: true,
      return_dict: true,
    }) as { input_ids: Tensor };
    const output = (await network.generate({
      ...inputs,
      max_new_tokens: 60,
      do_sample: false,
    } as never)) as Tensor;
    const [answer] = output.tolist() as bigint[][];
    expect(answer!.slice(inputs.input_ids.dims[1]).map(Number)).toEqual(recorded.patterns[pattern]!.answer);
    await network.dispose();
  });

  test.skipIf(missing || pattern === 'nanochat')('llama.cpp answers alike, and stops by itself', async () => {
    const { tokenizer } = await written;
    const model = await loadInLlamaCpp(join(folder, 'model.gguf'));
    expect(texts.map((text) => model.tokenize(text))).toEqual(idsOf(tokenizer));
    const prompt = createChatRenderer(tokenizer).renderPrompt(prompts[0]!);
    const context = await model.createContext({ contextSize: 128, threads: 1 });
    const answer: number[] = [];
    for await (const id of context
      .getSequence()
      .evaluate([...prompt], { temperature: 0, yieldEogToken: false })) {
      answer.push(id);
      if (answer.length === 60) break;
    }
    // Without the token that ends it: llama.cpp knew it from the file.
    expect(answer).toEqual(recorded.patterns[pattern]!.answer.slice(0, -1));
    await context.dispose();
    await model.dispose();
  });
});

test('a base model ends at the next document and has no chat template', async () => {
  const { tokenizer } = await writeFinishedChat(join(directory, 'base'), 'gpt2');
  const json = new TextEncoder().encode(toTokenizerJson(tokenizer));
  for (const [stage, template, eos] of [
    ['pretrain', undefined, '<|bos|>'],
    ['rl', chatTemplate, '<|assistant_end|>'],
  ] as const) {
    const { tokenizerFiles, specialTokens } = finishedModelFiles(stage, json);
    expect(tokenizerFiles['tokenizer.json']).toBe(json);
    expect(readTokenizerConfig(String(tokenizerFiles['tokenizer_config.json']))).toEqual({
      tokens: { bos_token: '<|bos|>', eos_token: eos },
      chatTemplate: template,
    });
    expect(specialTokens.eos).toBe(tokenizer.specialTokens.get(eos));
  }
  const store = new DirectoryStore(join(directory, 'base'));
  const [config] = (await store.list('sft/model/step-')).filter((key) => key.endsWith('/config.json'));
  const text = new TextDecoder().decode(await store.read(config!));
  expect(JSON.parse(text)).toMatchObject({ eos_token_id: tokenizer.specialTokens.get('<|assistant_end|>') });
});
