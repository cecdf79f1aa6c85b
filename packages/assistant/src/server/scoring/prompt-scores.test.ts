import { expect, test } from 'vitest';
import { createServer } from '../create-server.js';
import { tinyAssistant } from '../fixtures/tiny-assistant.js';

interface Choice {
  readonly text: string;
  readonly finish_reason: string;
  readonly logprobs: {
    readonly tokens: readonly string[];
    readonly token_logprobs: readonly (number | null)[];
    readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
    readonly text_offset: readonly number[];
  };
}

test('scores of a prompt are those of the model, and what it would write next follows', async () => {
  const assistant = await tinyAssistant();
  const { app } = createServer({ assistants: [assistant], limits: { scoringBytes: 4 * 64 * 258 } });
  const complete = async (body: object): Promise<{ status: number; choices: readonly Choice[] }> => {
    const response = await app.request('/v1/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'tiny', temperature: 0, echo: true, logprobs: 1, ...body }),
    });
    return { status: response.status, ...((await response.json()) as { choices: readonly Choice[] }) };
  };

  // As lm-evaluation-harness asks: lists of ids, or texts; one token more.
  const texts = ['The cat sat.', 'Où?', 'a'];
  const prompts = texts.map((text) => assistant.tokenizer.encode(text));
  const asText = await complete({ prompt: texts, max_tokens: 1 });
  const asIds = await complete({ prompt: prompts.map((ids) => [...ids]), max_tokens: 1 });
  expect(asIds.choices).toEqual(asText.choices);

  for (const [index, ids] of prompts.entries()) {
    const { logprobs, text } = asText.choices[index]!;
    const columns = ids.length;
    const targets = Int32Array.from([...ids.slice(1), 0]);
    const scores = await assistant.model.logProbabilities({ rows: 1, columns, inputs: ids, targets });
    expect(logprobs.tokens).toHaveLength(ids.length + 1);
    expect(logprobs.token_logprobs[0]).toBeNull();
    for (let at = 1; at < ids.length; at++)
      expect(logprobs.token_logprobs[at]!).toBeCloseTo(scores[at - 1]!, 5);

    // Greedy exactly where the token's number is the greatest of the top.
    const [completion] = await assistant.model.generate([ids], { maxNewTokens: 1, temperature: 0 });
    const last = logprobs.token_logprobs.at(-1)!;
    expect(Math.max(...Object.values(logprobs.top_logprobs.at(-1)!))).toBe(last);
    expect(last).toBeCloseTo(completion!.logProbabilities[0]!, 5);
    expect(text).toBe(texts[index]! + assistant.tokenizer.decode(completion!.ids));
    for (let at = 1; at < ids.length; at++) {
      const [before] = await assistant.model.generate([ids.slice(0, at)], {
        maxNewTokens: 1,
        temperature: 0,
      });
      const isGreedy = Math.max(...Object.values(logprobs.top_logprobs[at]!)) === logprobs.token_logprobs[at];
      expect(isGreedy).toBe(before!.ids[0] === ids[at]);
    }
  }
  // Of a character of two bytes, each is written by itself.
  expect(asText.choices[1]!.logprobs.tokens.slice(0, 4)).toEqual(['O', 'bytes:\\xc3', 'bytes:\\xb9', '?']);

  const alone = await complete({ prompt: texts[0], max_tokens: 0 });
  expect(alone.choices[0]).toMatchObject({ text: texts[0], finish_reason: 'length' });
  expect(alone.choices[0]!.logprobs.token_logprobs).toEqual(
    asText.choices[0]!.logprobs.token_logprobs.slice(0, -1),
  );
  const longer = await complete({ prompt: texts[0], max_tokens: 3, logprobs: 5 });
  expect(longer.choices[0]!.logprobs.tokens).toHaveLength(prompts[0]!.length + 3);
  expect(Object.keys(longer.choices[0]!.logprobs.top_logprobs[4]!).length).toBeGreaterThanOrEqual(5);

  // The whole prompt is the caller's: what is written like a special token is one.
  const special = await complete({ prompt: '<|im_end|>a', max_tokens: 0 });
  expect(special.choices[0]).toMatchObject({
    text: '<|im_end|>a',
    logprobs: { tokens: ['<|im_end|>', 'a'], text_offset: [0, 10] },
  });
  expect((await complete({ prompt: 'x'.repeat(65), max_tokens: 0 })).status).toBe(200);
  const tooLong = [
    await complete({ prompt: 'x'.repeat(66), max_tokens: 0 }),
    await complete({ prompt: 'x'.repeat(600) }),
  ];
  for (const { status } of tooLong) expect(status).toBe(400);
  await assistant.dispose();
});
