/**
 * `served-process.ts OPTIONS`: a process that serves one model, says where, and tells its memory when it is
 * asked. A process of its own, so that neither the memory nor the processor time of the clients is in its.
 */
import { createAssistant } from '@llm/assistant';
import { loadModel } from '@llm/assistant/node';
import { serve } from '@llm/assistant/server/node';
import { createRandom } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, initialParameters } from '@llm/model';
import { trainTokenizer } from '@llm/tokenizer';

export interface ServedOptions {
  /** A source of `loadModel`, or undefined for a model of random weights, one token per byte. */
  readonly source: string | undefined;
  readonly threads: number;
  /** Answers generated at once. */
  readonly active: number;
}

export type ServedMessage =
  | { readonly name: string; readonly url: string }
  | { readonly residentMegabytes: number; readonly heapMegabytes: number };

const { source, threads, active } = JSON.parse(process.argv[2]!) as ServedOptions;
const assistant = source === undefined ? await randomAssistant() : await loadModel(source, { threads });
const server = await serve({
  assistants: [assistant],
  port: 0,
  limits: { active },
  onError: (error) => process.stderr.write(`${String(error)}\n`),
});
process.send!({ name: assistant.name, url: server.url } satisfies ServedMessage);
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send!({
    residentMegabytes: rss / 2 ** 20,
    heapMegabytes: heapUsed / 2 ** 20,
  } satisfies ServedMessage);
});

async function randomAssistant() {
  const specialTokens = ['<|im_start|>', '<|im_end|>'];
  const tokenizer = await trainTokenizer([''], { vocabularySize: 258, specialTokens });
  const config = createModelConfig({ depth: 2, width: 128, vocabularySize: 258, contextLength: 256 });
  const parameters = initialParameters(config, 1);
  // A new model is nearly indifferent, and the order of a sum would choose its tokens.
  for (const [name, { data }] of parameters) {
    const random = createRandom(1, name);
    if (/o_proj|down_proj|lm_head/.test(name))
      for (let i = 0; i < data.length; i++) data[i] = 0.3 * random.normal();
  }
  const chatTemplate = `{%- for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;
  return createAssistant({
    name: 'random',
    model: await createTransformer({ config, parameters, executor: createNodeExecutor({ threads }) }),
    tokenizer,
    tokenizerConfig: { chatTemplate, tokens: {} },
    stopTokens: [],
  });
}
