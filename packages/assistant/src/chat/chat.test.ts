/** Conversations of several generations, on a model that says what it is told to. */
import { LlmError } from '@llm/core';
import { chatTemplate } from '@llm/tokenizer';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AnswerPart, Assistant, ChatMessage, ChatOptions, ChatTool } from '../assistant.js';
import { createAssistant } from '../create-assistant.js';
import { type ScriptedModel, scriptedModel } from '../fixtures/scripted-model.js';
import { hermesTemplate, hermesTokens, tinyTokenizer } from '../fixtures/tiny-tokenizer.js';

const hermes = await tinyTokenizer(hermesTokens);
const own = await tinyTokenizer();
const plainTemplate =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

async function scripted(
  texts: readonly string[],
  { tokenizer = hermes, template = hermesTemplate, contextLength = 4096 } = {},
): Promise<{ assistant: Assistant; model: ScriptedModel; read: (prompt: Int32Array) => string }> {
  const model = scriptedModel(tokenizer, texts, contextLength);
  const tokenizerConfig = { chatTemplate: template, tokens: {} };
  const assistant = await createAssistant({ name: 'a', model, tokenizer, tokenizerConfig, stopTokens: [] });
  return { assistant, model, read: (prompt) => tokenizer.decode(prompt) };
}

async function partsOf(
  assistant: Assistant,
  messages: string | readonly ChatMessage[],
  options?: ChatOptions,
): Promise<AnswerPart[]> {
  const parts: AnswerPart[] = [];
  for await (const part of assistant.chat(messages, options)) {
    const last = parts.at(-1);
    if (part.type === 'text' && last?.type === 'text')
      parts[parts.length - 1] = { type: 'text', text: last.text + part.text };
    else parts.push(part.type === 'tool-call' ? { ...part, call: { ...part.call, id: '' } } : part);
  }
  return parts;
}

const add: ChatTool = {
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  call: async ({ a, b }: { a: number; b: number }) => ({ sum: a + b }),
};
const callText = (a: number, b: number): string =>
  `<tool_call>\n{"name": "add", "arguments": {"a": ${a}, "b": ${b}}}\n</tool_call>`;

test('an answer in parts, its end last', async () => {
  const { assistant, model, read } = await scripted(['Hello<|im_end|>']);
  expect(await partsOf(assistant, 'Hi')).toEqual([
    { type: 'text', text: 'Hello' },
    {
      type: 'end',
      reason: 'stop',
      promptTokens: model.prompts[0]!.length,
      completionTokens: expect.any(Number),
      omittedMessages: 0,
    },
  ]);
  expect(read(model.prompts[0]!)).toBe('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n');
  const again = await scripted(['Hello<|im_end|>']);
  expect(await again.assistant.text('Hi')).toBe('Hello');
});

test('calls made together are run, and the answer goes on after what was said', async () => {
  const { assistant, model, read } = await scripted([
    `Two sums.\n${callText(1, 2)}\n${callText(3, 4)}<|im_end|>`,
    'It is 3 and 7.<|im_end|>',
  ]);
  const parts = await partsOf(assistant, 'Sums?', { tools: [add] });
  expect(
    parts.map((part) =>
      'text' in part ? part.text : part.type === 'tool-call' ? part.call.arguments : part.type,
    ),
  ).toEqual([
    'Two sums.',
    '{"a": 1, "b": 2}',
    '{"a": 3, "b": 4}',
    '{"sum":3}',
    '{"sum":7}',
    'It is 3 and 7.',
    'end',
  ]);
  const [first, second] = model.prompts.map(read);
  expect(first).toContain('"name": "add"');
  expect(second).toBe(
    `${first}Two sums.\n${callText(1, 2)}\n${callText(3, 4)}<|im_end|>\n<|im_start|>user\n<tool_response>\n{"sum":3}\n</tool_response>\n<tool_response>\n{"sum":7}\n</tool_response><|im_end|>\n<|im_start|>assistant\n`,
  );
  expect([...model.prompts[1]!.slice(0, model.prompts[0]!.length)]).toEqual([...model.prompts[0]!]);
});

test('without a function the answer ends with the call, and goes on when its output is given', async () => {
  const tools = [{ ...add, call: undefined }];
  const { assistant, model, read } = await scripted([`${callText(1, 2)}<|im_end|>`, '3<|im_end|>']);
  const call = { id: 'c1', name: 'add', arguments: '{"a": 1, "b": 2}' };
  const parts = await partsOf(assistant, 'Sum?', { tools });
  expect(parts[0]).toEqual({ type: 'tool-call', call: { ...call, id: '' } });
  expect(parts.at(-1)).toMatchObject({ type: 'end', reason: 'tool-calls' });
  const history: ChatMessage[] = [
    { role: 'user', content: 'Sum?' },
    { role: 'assistant', content: null, toolCalls: [call] },
    { role: 'tool', toolCallId: 'c1', content: '3' },
  ];
  expect((await partsOf(assistant, history, { tools }))[0]).toEqual({ type: 'text', text: '3' });
  expect(read(model.prompts[1]!)).toContain(
    `${callText(1, 2)}<|im_end|>\n<|im_start|>user\n<tool_response>\n3\n`,
  );
});

test('an error of a tool, and a tool that is not there, are told to the model; rounds have an end', async () => {
  const failing: ChatTool = { name: 'fail', call: () => Promise.reject(new Error('no net')) };
  const one = await scripted([
    '<tool_call>{"name": "fail"}</tool_call><tool_call>{"name": "gone"}</tool_call><|im_end|>',
    'Sorry.<|im_end|>',
  ]);
  const outputs = (await partsOf(one.assistant, 'a', { tools: [failing] })).flatMap((part) =>
    part.type === 'tool-output' ? [part.text] : [],
  );
  expect(outputs).toEqual(['Error: no net', 'Error: there is no tool "gone".']);
  const endless = await scripted(Array<string>(9).fill(`${callText(1, 1)}<|im_end|>`));
  const parts = await partsOf(endless.assistant, 'a', { tools: [add], maxToolRounds: 2 });
  expect(endless.model.prompts.length).toBe(3);
  expect(parts.at(-1)).toMatchObject({ reason: 'tool-calls' });
});

test('our own format: the output stays inside the message', async () => {
  const calculator: ChatTool = { name: 'calculator', call: (input: string) => String(input.length) };
  const { assistant, model, read } = await scripted(
    ['<|tool_call_start|>calculator 12+30<|tool_call_end|>more', 'It is 5.<|assistant_end|>'],
    { tokenizer: own, template: chatTemplate },
  );
  const parts = await partsOf(assistant, 'Sum?', { tools: [calculator] });
  expect(parts.map(({ type }) => type)).toEqual(['tool-call', 'tool-output', 'text', 'end']);
  expect(read(model.prompts[1]!)).toBe(
    '<|bos|><|user_start|>Sum?<|user_end|><|assistant_start|><|tool_call_start|>calculator 12+30<|tool_call_end|><|tool_output_start|>5<|tool_output_end|>',
  );
});

test('a template without a place for tools is told of them in the system message', async () => {
  const { assistant, model, read } = await scripted([`${callText(1, 2)}<|im_end|>`, '3<|im_end|>'], {
    template: plainTemplate,
  });
  const parts = await partsOf(
    assistant,
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Sum?' },
    ],
    { tools: [add] },
  );
  expect(parts.map(({ type }) => type)).toEqual(['tool-call', 'tool-output', 'text', 'end']);
  expect(read(model.prompts[0]!)).toMatch(/^<\|im_start\|>system\nBe brief\.\n\n# Tools[\s\S]*"name":"add"/);
  expect(read(model.prompts[1]!)).toContain(
    '<|im_end|>\n<|im_start|>user\n<tool_response>\n{"sum":3}\n</tool_response><|im_end|>',
  );
});

test('stop strings end an answer, and log-probabilities come with the text', async () => {
  const { assistant } = await scripted(['One. Two. Three.<|im_end|>']);
  const parts = await partsOf(assistant, 'Hi', { stop: ['Two'], logProbabilities: 1 });
  expect(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')).toBe('One. ');
  expect(parts.at(-1)).toMatchObject({ reason: 'stop' });
  const tokens = parts.flatMap((part) => (part.type === 'tokens' ? part.tokens : []));
  expect(new TextDecoder().decode(Uint8Array.from(tokens.flatMap(({ bytes }) => [...bytes])))).toMatch(
    /^One\. Two?/,
  );
  expect(tokens[0]).toMatchObject({ logProbability: -1, top: [{ logProbability: -1 }] });
});

describe('a history that does not fit', () => {
  const turn = (text: string): ChatMessage[] => [
    { role: 'user', content: text.repeat(20) },
    { role: 'assistant', content: 'ok' },
  ];
  const history: ChatMessage[] = [
    { role: 'system', content: 'S.' },
    ...turn('first '),
    ...turn('second '),
    ...turn('third '),
    { role: 'user', content: 'last' },
  ];

  test('loses its oldest exchanges, and says how many messages', async () => {
    const { assistant, model, read } = await scripted(['x<|im_end|>', 'x<|im_end|>'], { contextLength: 400 });
    const parts = await partsOf(assistant, history, { maxNewTokens: 10 });
    const prompt = read(model.prompts[0]!);
    const end = parts.at(-1)!;
    expect(prompt).toMatch(/^<\|im_start\|>system\nS\.<\|im_end\|>\n<\|im_start\|>user\n(second|third)/);
    expect(prompt).toContain('last');
    expect(end.type === 'end' && end.omittedMessages % 2).toBe(0);
    expect(end.type === 'end' && end.omittedMessages).toBeGreaterThan(0);
    expect(model.prompts[0]!.length + 10).toBeLessThanOrEqual(400);
  });

  test('but the last message must fit', async () => {
    const { assistant } = await scripted([], { contextLength: 60 });
    await expect(partsOf(assistant, 'long '.repeat(60))).rejects.toMatchObject({
      code: 'assistant/prompt-too-long',
    });
  });
});

test.each<[readonly ChatMessage[], string]>([
  [[], 'nothing to answer'],
  [[{ role: 'assistant', content: 'a' }], "the last is the user's or a tool's"],
  [
    [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
    ],
    'comes first',
  ],
  [[{ role: 'tool', toolCallId: 'x', content: 'b' }], 'does not make'],
  [
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', toolCalls: [{ id: 'x', name: 'f', arguments: '{}' }] },
      { role: 'user', content: 'b' },
    ],
    'before the output',
  ],
])('messages that are no conversation are refused: %j', async (messages, problem) => {
  const { assistant } = await scripted([]);
  const error: unknown = await partsOf(assistant, messages).catch((reason: unknown) => reason);
  expect(LlmError.isInstance(error) && error.code).toBe('assistant/messages-invalid');
  expect((error as Error).message).toContain(problem);
});

test('leaving the loop stops the generation', async () => {
  const { assistant, model } = await scripted(['a b c d e f g h i j k l m n o p<|im_end|>']);
  for await (const part of assistant.chat('Hi')) if (part.type === 'text') break;
  expect(model.prompts.length).toBe(1);
  expect(await assistant.text('Hi')).toBe('');
});

test('an answer goes on after the tokens it was made to begin with', async () => {
  const { assistant, model, read } = await scripted(['llo.<|im_end|>', '']);
  const begin = hermes.encode('He', { allowSpecial: true });
  const options = { begin, logProbabilities: 0 };
  const parts = await partsOf(assistant, 'Hi', options);
  const texts = parts.map((part) => (part.type === 'text' ? part.text : ''));
  expect(texts.join('')).toBe('Hello.');
  expect(read(model.prompts[0]!).endsWith('assistant\nHe')).toBe(true);
  const reported = parts.flatMap((part) => (part.type === 'tokens' ? part.tokens.map(({ id }) => id) : []));
  expect(hermes.decode(reported)).toBe('llo.');
  await expect(partsOf(assistant, 'Hi', { begin, jsonSchema: true })).rejects.toMatchObject({
    code: 'assistant/option-invalid',
  });
});
