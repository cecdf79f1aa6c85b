// Slow: a real model of 135 million parameters is read and talked to
/** SmolLM2 from its GGUF file: the prompts and greedy answers of transformers, and answers held to a schema. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Assistant, ChatMessage } from './assistant.js';
import { loadModel } from './node/index.js';

const models = fileURLToPath(new URL('../../../.peers/models/', import.meta.url));
const file = existsSync(models)
  ? readdirSync(models, { recursive: true, encoding: 'utf8' }).find((name) =>
      /SmolLM2-135M-Instruct.*\.gguf$/.test(name),
    )
  : undefined;
if (file === undefined) {
  const reason = 'SmolLM2 is not installed: bash tooling/oracles/install-smollm2.sh';
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}\n`);
}

/** tooling/oracles/assistant/smollm2_chat.py */
const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/smollm2-chat.json', import.meta.url), 'utf8'),
) as { readonly chats: readonly { messages: ChatMessage[]; prompt: number[]; answer: number[] }[] };

describe.skipIf(file === undefined)('SmolLM2-135M-Instruct', () => {
  let assistant: Assistant;
  beforeAll(async () => {
    assistant = await loadModel(join(models, file!), { threads: 2, dtype: 'float32' });
  }, 300_000);
  afterAll(() => assistant.dispose());

  test('is known by its file', () => {
    expect(assistant).toMatchObject({ name: 'SmolLM2-135M-Instruct', canChat: true, stopTokens: [2] });
  });

  test.each(recorded.chats)(
    'answers as transformers does: $messages',
    async ({ messages, prompt, answer }) => {
      const ids: number[] = [];
      const options = { temperature: 0, maxNewTokens: answer.length, logProbabilities: 0 };
      for await (const part of assistant.chat(messages, options)) {
        if (part.type === 'tokens') ids.push(...part.tokens.map(({ id }) => id));
        if (part.type === 'end') expect(part.promptTokens).toBe(prompt.length);
      }
      expect(ids).toEqual(answer.filter((id) => id !== 2));
    },
    300_000,
  );

  test('writes JSON of a schema, and calls the tool that it must', async () => {
    const schema = z.object({
      city: z.string().max(20),
      country: z.string().max(20),
      isCapital: z.boolean(),
    });
    const text = await assistant.text('Where is Paris? Answer in JSON.', {
      jsonSchema: schema,
      temperature: 0,
    });
    expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    const inputs: unknown[] = [];
    const weather = {
      name: 'get_weather',
      parameters: z.object({ city: z.string().max(20), unit: z.enum(['celsius', 'fahrenheit']) }),
      call: (input: unknown) => {
        inputs.push(input);
        return 'Sunny, 21 degrees.';
      },
    };
    const options = { tools: [weather], toolChoice: 'required', temperature: 0, maxNewTokens: 80 } as const;
    await assistant.text('How is the weather in Paris?', options);
    expect(weather.parameters.safeParse(inputs[0]).error).toBeUndefined();
  }, 300_000);
});
