/** The body of `POST /v1/chat/completions`, and the options of `Assistant.chat` that it asks for. */
import type { JsonValue } from '@llm/core';
import { z } from 'zod';
import type { ChatMessage, ChatOptions, ChatTool } from '../../assistant.js';
import { invalidRequest } from '../api-error.js';
import { answerOptions, type SamplingFields } from './answer-options.js';
import { chatMessage, toChatMessage } from './chat-messages.js';
import { checked, ignored, json, only, optional, samplingFields } from './fields.js';

const tool = z.strictObject({
  type: z.literal('function', 'only tools of type "function" are supported'),
  function: z.strictObject({
    name: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, "_", "-" or "."'),
    description: optional(z.string()),
    parameters: optional(json),
    // Arguments follow their schema either way.
    strict: ignored,
  }),
});

const toolChoice = z.union(
  [
    z.enum(['auto', 'none', 'required']),
    z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string() }) }),
  ],
  { error: 'must be "auto", "none", "required" or { type: "function", function: { name } }' },
);

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text') }),
    z.strictObject({ type: z.literal('json_object') }),
    z.strictObject({
      type: z.literal('json_schema'),
      json_schema: z.strictObject({
        name: ignored,
        description: ignored,
        schema: json,
        strict: ignored,
      }),
    }),
  ],
  { error: 'type must be "text", "json_object" or "json_schema"' },
);

const schema = z.strictObject({
  ...samplingFields,
  messages: z.array(chatMessage).min(1, 'must not be empty'),
  max_tokens: optional(z.int().min(1)),
  max_completion_tokens: optional(z.int().min(1)),
  logprobs: optional(z.boolean()),
  top_logprobs: optional(z.int().min(0).max(20)),
  tools: optional(z.array(tool).max(128)),
  tool_choice: optional(toolChoice),
  parallel_tool_calls: optional(z.boolean()),
  response_format: optional(responseFormat),
  /** vLLM's name for variables of the chat template. */
  chat_template_kwargs: optional(z.record(z.string(), json)),
  modalities: only([['text']], 'only text is generated'),
  reasoning_effort: only([], 'set what the chat template offers with chat_template_kwargs'),
  verbosity: only([], 'say in the messages how long an answer is to be'),
  audio: only([], 'only text is generated'),
  prediction: only([], 'there is no speculative decoding'),
  web_search_options: only([], 'there is no web search'),
  functions: only([], 'use tools'),
  function_call: only([], 'use tool_choice'),
});

export interface ChatRequest {
  readonly fields: SamplingFields;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatOptions;
  readonly logProbabilities: boolean;
  /** At most one tool call in an answer. */
  readonly singleCall: boolean;
}

export function chatRequest(body: JsonValue): ChatRequest {
  const fields = checked(schema, body);
  const { top_logprobs: top, logprobs = false, response_format: format } = fields;
  if (top !== undefined && !logprobs)
    throw invalidRequest('top_logprobs', 'top_logprobs needs logprobs: true.');
  return {
    fields,
    messages: fields.messages.map(toChatMessage),
    options: {
      ...answerOptions(fields, {
        maxNewTokens: maximumLength(fields),
        logProbabilities: logprobs ? (top ?? 0) : undefined,
      }),
      jsonSchema:
        format?.type === 'json_schema'
          ? format.json_schema.schema
          : format?.type === 'json_object'
            ? true
            : undefined,
      ...toolOptions(fields),
      templateVariables: fields.chat_template_kwargs,
    },
    logProbabilities: logprobs,
    singleCall: fields.parallel_tool_calls === false,
  };
}

function maximumLength({
  max_tokens: older,
  max_completion_tokens: newer,
}: z.infer<typeof schema>): number | undefined {
  if (older !== undefined && newer !== undefined && older !== newer)
    throw invalidRequest('max_tokens', 'max_tokens and max_completion_tokens differ: give one of them.');
  return newer ?? older;
}

function toolOptions({
  tools: given,
  tool_choice: choice,
}: z.infer<typeof schema>): Pick<ChatOptions, 'tools' | 'toolChoice'> {
  const tools = given?.map(
    ({ function: { name, description, parameters } }): ChatTool => ({ name, description, parameters }),
  );
  const names = new Set(tools?.map(({ name }) => name));
  if (names.size < (tools?.length ?? 0)) throw invalidRequest('tools', 'Two tools have the same name.');
  if (choice === undefined || choice === 'auto' || choice === 'none') return { tools, toolChoice: choice };
  if (names.size === 0)
    throw invalidRequest('tool_choice', 'tool_choice asks for a call, but there are no tools.');
  if (choice === 'required') return { tools, toolChoice: choice };
  const { name } = choice.function;
  if (!names.has(name))
    throw invalidRequest('tool_choice', `tool_choice names "${name}", which is none of the tools.`);
  return { tools, toolChoice: { name } };
}
