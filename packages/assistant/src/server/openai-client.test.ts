// The official Node client, unchanged, on a socket.
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Assistant } from '../assistant.js';
import { end, scriptedAssistant, weatherCall } from './fixtures/scripted-assistant.js';
import { tinyAssistant } from './fixtures/tiny-assistant.js';
import { type ListeningServer, serve } from './node/index.js';

let tiny: Assistant;
let server: ListeningServer;
let client: OpenAI;

const toolUser = scriptedAssistant((messages) =>
  messages.at(-1)?.role === 'tool'
    ? [{ type: 'text', text: 'Cold.' }, end]
    : [
        { type: 'thinking', text: 'Which town?' },
        { type: 'text', text: 'Let me see.' },
        weatherCall,
        { type: 'tool-call', call: { ...weatherCall.call, id: 'call_2', arguments: '{"city":"Rome"}' } },
        { ...end, reason: 'tool-calls' },
      ],
);
const jsonWriter = scriptedAssistant(() => [{ type: 'text', text: '{"a":1}' }, end], 'json');
const baseModel: Assistant = { ...scriptedAssistant(() => [end], 'base'), canChat: false };

beforeAll(async () => {
  tiny = await tinyAssistant();
  server = await serve({ assistants: [tiny, toolUser, jsonWriter, baseModel], port: 0 });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(async () => {
  await server.stop();
  await tiny.dispose();
});

const messages = [{ role: 'user' as const, content: 'Hello' }];
const greedy = { model: 'tiny', messages, temperature: 0, max_completion_tokens: 12 };

test('an answer, whole and as a stream', async () => {
  const whole = await client.chat.completions.create(greedy);
  expect(whole.object).toBe('chat.completion');
  expect(whole.choices[0]!.finish_reason).toBe('length');
  expect(whole.usage!.total_tokens).toBe(whole.usage!.prompt_tokens + whole.usage!.completion_tokens);
  const text = whole.choices[0]!.message.content!;
  expect(text.length).toBeGreaterThan(0);

  const stream = await client.chat.completions.create({
    ...greedy,
    stream: true,
    stream_options: { include_usage: true },
  });
  let streamed = '';
  const finishes: (string | null)[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    streamed += chunk.choices[0]?.delta.content ?? '';
    finishes.push(...chunk.choices.map(({ finish_reason }) => finish_reason));
    usage = chunk.usage;
  }
  expect(streamed).toBe(text);
  expect(finishes.filter((reason) => reason !== null)).toEqual(['length']);
  expect(usage).toEqual(whole.usage);
});

test("the client's own accumulation of a stream is the whole answer", async () => {
  const stream = client.chat.completions.stream({ ...greedy, n: 2, logprobs: true, top_logprobs: 3 });
  const streamed = await stream.finalChatCompletion();
  const whole = await client.chat.completions.create({ ...greedy, n: 2, logprobs: true, top_logprobs: 3 });
  expect(streamed.choices.map(({ message }) => message.content)).toEqual(
    whole.choices.map(({ message }) => message.content),
  );
  const tokens = whole.choices[1]!.logprobs!.content!;
  expect(streamed.choices[1]!.logprobs!.content).toEqual(tokens);
  expect(tokens).toHaveLength(12);
  expect(tokens.every(({ top_logprobs }) => top_logprobs.length === 3)).toBe(true);
  // Greedy: the token is the most likely one.
  for (const { token, top_logprobs } of tokens) expect(token).toBe(top_logprobs[0]!.token);
});

test('a seed gives the same answer again, and each choice one of its own', async () => {
  const ask = () => client.chat.completions.create({ ...greedy, temperature: 1, seed: 7, n: 2 });
  const [first, second] = await Promise.all([ask(), ask()]);
  const texts = (answer: typeof first) => answer.choices.map(({ message }) => message.content);
  expect(texts(first)).toEqual(texts(second));
  expect(new Set(texts(first)).size).toBe(2);
});

test('a stop string ends the answer and is no part of it', async () => {
  const whole = (await client.chat.completions.create(greedy)).choices[0]!.message.content!;
  const stop = whole.slice(3, 5);
  const stopped = await client.chat.completions.create({ ...greedy, stop });
  expect(stopped.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: whole.slice(0, whole.indexOf(stop)) },
  });
});

const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }];

test('tool calls, whole and as deltas, and their outputs', async () => {
  const asked = { model: 'scripted', messages, tools, tool_choice: 'auto' as const };
  const { choices } = await client.chat.completions.create(asked);
  expect(choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Let me see.',
      reasoning_content: 'Which town?',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
        { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
      ],
    },
  });
  const streamed = await client.chat.completions.stream(asked).finalChatCompletion();
  expect(streamed.choices[0]!.message.tool_calls).toMatchObject(choices[0]!.message.tool_calls!);

  const single = await client.chat.completions.create({ ...asked, parallel_tool_calls: false });
  expect(single.choices[0]!.message.tool_calls).toHaveLength(1);

  const answer = await client.chat.completions.create({
    ...asked,
    messages: [...messages, choices[0]!.message, { role: 'tool', tool_call_id: 'call_1', content: '-5' }],
  });
  expect(answer.choices[0]!.message.content).toBe('Cold.');
  expect(toolUser.asked.at(-1)!.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: 'Let me see.', toolCalls: [{ id: 'call_1' }, { id: 'call_2' }] },
    { role: 'tool', toolCallId: 'call_1', content: '-5' },
  ]);
});

test('runTools calls the functions and goes on', async () => {
  const asked: unknown[] = [];
  const runner = client.chat.completions.runTools({
    model: 'scripted',
    messages,
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'Of a city.',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
          parse: JSON.parse,
          function: (input: unknown) => {
            asked.push(input);
            return 'cold';
          },
        },
      },
    ],
  });
  expect(await runner.finalContent()).toBe('Cold.');
  expect(asked).toEqual([{ city: 'Oslo' }, { city: 'Rome' }]);
});

test('response_format reaches the assistant', async () => {
  const schema = { type: 'object', properties: { a: { type: 'number' } } };
  const parsed = await client.chat.completions.parse({
    model: 'json',
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
  });
  expect(parsed.choices[0]!.message.parsed).toEqual({ a: 1 });
  expect(jsonWriter.asked.at(-1)!.options.jsonSchema).toEqual(schema);
  await client.chat.completions.create({ model: 'json', messages, response_format: { type: 'json_object' } });
  expect(jsonWriter.asked.at(-1)!.options.jsonSchema).toBe(true);
});

test('a bias and penalties reach the model', async () => {
  const [id] = tiny.tokenizer.encode('x');
  const always = await client.chat.completions.create({ ...greedy, logit_bias: { [String(id)]: 100 } });
  expect(always.choices[0]!.message.content).toBe('x'.repeat(12));
  const varied = await client.chat.completions.create({
    ...greedy,
    logit_bias: { [String(id)]: 2 },
    presence_penalty: 2,
    frequency_penalty: 2,
  });
  expect(varied.choices[0]!.message.content!.split('x').length).toBeLessThan(12);
});

test('text completions: lists of prompts, n, echo, log-probabilities, streams', async () => {
  const asked = { model: 'tiny', prompt: ['One', 'Two'], temperature: 0, max_tokens: 4, logprobs: 2 };
  const whole = await client.completions.create({ ...asked, n: 2, echo: true });
  expect(whole.choices.map(({ index, text }) => [index, text.slice(0, 3)])).toEqual([
    [0, 'One'],
    [1, 'One'],
    [2, 'Two'],
    [3, 'Two'],
  ]);
  const { tokens, token_logprobs, top_logprobs, text_offset } = whole.choices[0]!.logprobs!;
  expect(tokens).toHaveLength(7);
  expect(token_logprobs![0]).toBeNull();
  expect(top_logprobs![3]).toMatchObject({ [tokens![3]!]: token_logprobs![3] });
  expect(text_offset).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(whole.usage).toEqual({ prompt_tokens: 6, completion_tokens: 16, total_tokens: 22 });

  const texts = ['', ''];
  const stream = await client.completions.create({ ...asked, echo: true, stream: true });
  for await (const { choices } of stream) for (const { index, text } of choices) texts[index] += text;
  expect(texts).toEqual([whole.choices[0]!.text, whole.choices[2]!.text]);
});

test('ids and log-probabilities to learn from, that of the end among them', async () => {
  const prompt = [...tiny.tokenizer.encode('One')];
  const end = tiny.tokenizer.encode('!')[0]!;
  const ends = [end, ...tiny.stopTokens];
  const body = { model: 'tiny', prompt, max_tokens: 200, logprobs: 0, seed: 4, return_token_ids: true };
  const asked = { ...body, stop_token_ids: [end] } as OpenAI.CompletionCreateParamsNonStreaming;
  const { choices } = await client.completions.create({ ...asked, n: 3 });
  for (const choice of choices) {
    const { token_ids: ids, prompt_token_ids } = choice as typeof choice & Record<string, number[]>;
    expect(prompt_token_ids).toEqual(prompt);
    expect(choice.finish_reason).toBe(ends.includes(ids!.at(-1)!) ? 'stop' : 'length');
    expect(choice.text).toBe(tiny.tokenizer.decode(ids!.filter((id) => id < 256 && id !== end)));
    const whole = Int32Array.from([...prompt, ...ids!]);
    const inputs = whole.subarray(0, -1);
    const targets = whole.subarray(1);
    const scores = await tiny.model.logProbabilities({ rows: 1, columns: inputs.length, inputs, targets });
    const told = choice.logprobs!.token_logprobs!;
    expect(told).toHaveLength(ids!.length);
    for (const [i, each] of told.entries()) expect(each).toBeCloseTo(scores[prompt.length - 1 + i]!, 4);
  }
  expect(choices.some(({ finish_reason }) => finish_reason === 'stop')).toBe(true);
  const silent = { ...asked, logprobs: null };
  await expect(client.completions.create(silent)).rejects.toThrow('return_token_ids needs logprobs');
});

test('models', async () => {
  const names: string[] = [];
  for await (const { id } of client.models.list()) names.push(id);
  expect(names).toEqual(['tiny', 'scripted', 'json', 'base']);
  expect(await client.models.retrieve('tiny')).toMatchObject({
    id: 'tiny',
    object: 'model',
    owned_by: 'local',
  });
});

test('errors come as the classes of the client', async () => {
  const failing = async (body: object): Promise<unknown> =>
    client.chat.completions.create({ ...greedy, ...body }).then(
      () => 'answered',
      (error) => error,
    );
  expect(await failing({ model: 'gpt-5' })).toMatchObject({
    constructor: OpenAI.NotFoundError,
    code: 'model_not_found',
  });
  const refused: readonly [object, string | RegExp][] = [
    [{ temperature: 'hot' }, 'temperature'],
    [{ frequency: 1 }, 'frequency'],
    [{ messages: [] }, 'messages'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      /content\[0\]/,
    ],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ n: 1000 }, 'n'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ reasoning_effort: 'low' }, 'reasoning_effort'],
    [{ functions: [] }, 'functions'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ tools, tool_choice: { type: 'function', function: { name: 'x' } } }, 'tool_choice'],
    [{ tools: [...tools, ...tools] }, 'tools'],
    [{ logit_bias: { a: 1 } }, /logit_bias/],
    [{ max_tokens: 1 }, 'max_tokens'],
    [{ response_format: { type: 'xml' } }, /response_format/],
  ];
  for (const [body, param] of refused)
    expect(await failing(body), JSON.stringify(body)).toMatchObject({
      constructor: OpenAI.BadRequestError,
      param: typeof param === 'string' ? param : expect.stringMatching(param),
    });
  expect(await failing({ model: 'base' })).toMatchObject({ code: 'assistant/no-chat-format' });
  expect(await failing({ messages: [{ role: 'user', content: 'x'.repeat(600) }] })).toMatchObject({
    code: 'context_length_exceeded',
  });
});

test('fields that say nothing about the answer, and null for a default, are taken', async () => {
  const answer = await client.chat.completions.create({
    ...greedy,
    user: 'u',
    metadata: { a: 'b' },
    store: false,
    service_tier: 'auto',
    stop: null,
    tools: [],
    modalities: ['text'],
    frequency_penalty: null,
  });
  expect(answer.choices[0]!.finish_reason).toBe('length');
});

test('a failure in the middle of a stream is an error of the client', async () => {
  const failing = scriptedAssistant(async function* () {
    yield { type: 'text', text: 'a' };
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('broken');
  }, 'failing');
  const errors: unknown[] = [];
  const other = await serve({ assistants: [failing], port: 0, onError: (error) => errors.push(error) });
  const asking = new OpenAI({ baseURL: `${other.url}/v1`, apiKey: 'none', maxRetries: 0 });
  const stream = await asking.chat.completions.create({ model: 'failing', messages, stream: true });
  let text = '';
  await expect(
    (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })(),
  ).rejects.toThrow(/server failed/);
  expect(text).toBe('a');
  expect(errors).toMatchObject([{ message: 'broken' }]);
  await other.stop();
});
