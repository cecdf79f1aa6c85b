/** Holds one model and answers with it. */
import type { AnswerPart, Assistant, ChatTool } from '@llm/assistant';
import { LlmError } from '@llm/core';
import { calculator } from '@llm/rl';
import { type CallContext, serveCalls } from '../workers/serve-calls.js';
import type { Answering } from './answering.js';
import { loadSource } from './load-source.js';
import type { ComputedSource, ModelCalls, ModelInfo } from './model-calls.js';
import { ServedModel } from './served-model.js';

let answering: Answering | undefined;

/** The most likely tokens that are told for each place. */
const alternatives = 6;
/** Parts are told together so often: as often as a page draws. */
const tellMilliseconds = 16;

serveCalls<ModelCalls>({
  async load({ source, name }, { say }) {
    if (source.kind !== 'server') return load(source, name, say);
    const { model, address } = source;
    answering = new ServedModel(address, model.name);
    return { ...model, runsOn: 'the server', tools: [], canBegin: false };
  },
  async chat({ messages, sampling, begin }, context) {
    const { signal } = context;
    await tell(there().chat(messages, { ...sampling, begin, signal }), context);
    return undefined;
  },
  async complete({ text, sampling, begin }, context) {
    const { signal } = context;
    await tell(there().complete(text, { ...sampling, begin, signal }), context);
    return undefined;
  },
});

async function load(
  source: ComputedSource,
  name: string,
  say: (progress: { readonly done: number; readonly total: number }) => void,
): Promise<ModelInfo> {
  const { assistant, runsOn } = await loadSource(source, name, {
    onEvent: (event) => {
      if (event.type === 'progress' && event.total !== undefined)
        say({ done: event.done, total: event.total });
    },
  });
  const { model, tokenizer } = assistant;
  // Models of ours were taught to use it.
  const tools: ChatTool[] =
    tokenizer.specialTokens.has('<|tool_call_start|>') && assistant.canChat
      ? [{ name: calculator.name, call: (input: unknown) => calculator.call(String(input)) }]
      : [];
  answering = computed(assistant, tools);
  return {
    name: assistant.name,
    canChat: assistant.canChat,
    runsOn,
    contextLength: model.contextLength,
    parameterCount: model.parameterCount,
    depth: model.config.depth,
    heads: model.config.heads,
    defaults: assistant.defaults,
    tools: tools.map((tool) => tool.name),
    canBegin: true,
  };
}

function computed(assistant: Assistant, tools: readonly ChatTool[]): Answering {
  return {
    chat: (messages, options) =>
      assistant.chat(messages, { ...options, tools, logProbabilities: alternatives }),
    complete: (text, { begin, ...options }) => {
      const { tokenizer, beginToken } = assistant;
      const start = beginToken === undefined ? [] : [beginToken];
      const prompt = Int32Array.from([...start, ...tokenizer.encode(text), ...begin]);
      return assistant.complete(prompt, { ...options, logProbabilities: alternatives });
    },
  };
}

function there(): Answering {
  if (answering !== undefined) return answering;
  throw new LlmError({ code: 'studio/model-missing', message: 'The model is not loaded yet.' });
}

async function tell(
  parts: AsyncGenerator<AnswerPart, void, undefined>,
  { say, signal }: CallContext<readonly AnswerPart[]>,
): Promise<void> {
  let waiting: AnswerPart[] = [];
  let last = 0;
  try {
    for await (const part of parts) {
      waiting.push(part);
      if (performance.now() - last < tellMilliseconds && part.type !== 'end') continue;
      say(waiting);
      waiting = [];
      last = performance.now();
    }
  } catch (error) {
    // Stopped by a person: what was said stays.
    if (!signal.aborted) throw error;
  }
  if (waiting.length > 0) say(waiting);
}
