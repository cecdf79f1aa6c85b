// The AI SDK and its provider for OpenAI-compatible servers, unchanged.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Assistant } from '../assistant.js';
import { end, scriptedAssistant, weatherCall } from './fixtures/scripted-assistant.js';
import { tinyAssistant } from './fixtures/tiny-assistant.js';
import { type ListeningServer, serve } from './node/index.js';

let tiny: Assistant;
let server: ListeningServer;
let provider: ReturnType<typeof createOpenAICompatible>;

const toolUser = scriptedAssistant((messages) =>
  messages.at(-1)?.role === 'tool'
    ? [{ type: 'text', text: 'Cold.' }, end]
    : [
        { type: 'thinking', text: 'Which town?' },
        { type: 'text', text: 'Let me see.' },
        weatherCall,
        { ...end, reason: 'tool-calls' },
      ],
);
const jsonWriter = scriptedAssistant(() => [{ type: 'text', text: '{"city":"Oslo"}' }, end], 'json');

beforeAll(async () => {
  tiny = await tinyAssistant();
  server = await serve({ assistants: [tiny, toolUser, jsonWriter], port: 0, token: 'secret' });
  provider = createOpenAICompatible({
    name: 'local',
    baseURL: `${server.url}/v1`,
    apiKey: 'secret',
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterAll(async () => {
  await server.stop();
  await tiny.dispose();
});

test('generateText and streamText', async () => {
  const asked = {
    model: provider('tiny'),
    system: 'Be brief.',
    prompt: 'Hello',
    temperature: 0,
    maxOutputTokens: 10,
  };
  const whole = await generateText(asked);
  expect(whole.finishReason).toBe('length');
  expect(whole.usage).toMatchObject({ inputTokens: 43, outputTokens: expect.any(Number) });
  const stream = streamText(asked);
  let text = '';
  for await (const piece of stream.textStream) text += piece;
  expect(text).toBe(whole.text);
  expect(await stream.usage).toMatchObject({ inputTokens: 43, outputTokens: whole.usage.outputTokens });
});

const weather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => `cold in ${city}`,
});

test('tools are called and their outputs go back, whole and streamed', async () => {
  const asked = {
    model: provider('scripted'),
    prompt: 'Weather?',
    tools: { weather },
    stopWhen: stepCountIs(3),
  };
  const whole = await generateText(asked);
  expect(whole.text).toBe('Cold.');
  expect(whole.steps[0]).toMatchObject({
    finishReason: 'tool-calls',
    reasoningText: 'Which town?',
    toolCalls: [{ toolName: 'weather', input: { city: 'Oslo' } }],
    toolResults: [{ output: 'cold in Oslo' }],
  });
  expect(toolUser.asked.at(-1)!.messages).toMatchObject([
    { role: 'user', content: 'Weather?' },
    { role: 'assistant', content: 'Let me see.', toolCalls: [{ id: 'call_1', name: 'weather' }] },
    { role: 'tool', toolCallId: 'call_1', content: 'cold in Oslo' },
  ]);
  expect(toolUser.asked[0]!.options.tools).toMatchObject([
    { name: 'weather', parameters: { type: 'object', required: ['city'] } },
  ]);
  const streamed = streamText(asked);
  expect(await streamed.text).toBe('Cold.');
  expect((await streamed.steps)[0]!.toolCalls).toMatchObject([{ input: { city: 'Oslo' } }]);
});

test('generateObject asks for the schema', async () => {
  const { object } = await generateObject({
    model: provider('json'),
    schema: z.object({ city: z.string() }),
    prompt: 'Where?',
  });
  expect(object).toEqual({ city: 'Oslo' });
  expect(jsonWriter.asked.at(-1)!.options.jsonSchema).toMatchObject({
    properties: { city: { type: 'string' } },
  });
});

test('a model of random weights answers in the schema, and calls the tool that it must', async () => {
  const schema = z.object({ city: z.enum(['Oslo', 'Rome']), cold: z.boolean() });
  const asked = { model: provider('tiny'), prompt: 'Where?', temperature: 1, seed: 3 };
  const { object } = await generateObject({ ...asked, schema });
  expect(schema.parse(object)).toEqual(object);
  const { toolCalls, toolResults } = await generateText({
    ...asked,
    tools: { weather: tool({ inputSchema: schema, execute: ({ city }) => `rain in ${city}` }) },
    toolChoice: 'required',
  });
  expect(toolCalls).toHaveLength(1);
  const input = schema.parse(toolCalls[0]!.input);
  expect(toolResults).toMatchObject([{ toolName: 'weather', output: `rain in ${input.city}` }]);
  const streamed = streamText({
    ...asked,
    tools: { weather: tool({ inputSchema: schema }) },
    toolChoice: { type: 'tool', toolName: 'weather' },
  });
  expect(await streamed.toolCalls).toMatchObject([{ toolName: 'weather', input: expect.anything() }]);
});

test('completion models', async () => {
  const { text } = await generateText({
    model: provider.completionModel('tiny'),
    prompt: 'Hello',
    temperature: 0,
    maxOutputTokens: 6,
  });
  expect(text.length).toBeGreaterThan(0);
});
