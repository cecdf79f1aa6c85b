/** Holds one model and answers with it. */
import type { AnswerPart, Assistant, ChatTool } from '@llm/assistant';
import { LlmError } from '@llm/core';
import { calculator } from '@llm/rl';
import { type CallContext, serveCalls } from '../workers/serve-calls.js';
import { loadSource } from './load-source.js';
import type { ModelCalls } from './model-calls.js';

let assistant: Assistant | undefined;
let tools: ChatTool[] = [];

/** The most likely tokens that are told for each place. */
const alternatives = 6;
/** Parts are told together so often: as often as a page draws. */
const tellMilliseconds = 16;

serveCalls<ModelCalls>({
  async load({ source, name }, { say }) {
    const { assistant: loaded, runsOn } = await loadSource(source, name, {
      onEvent: (event) => {
        if (event.type === 'progress' && event.total !== undefined)
          say({ done: event.done, total: event.total });
      },
    });
    assistant = loaded;
    const { model, tokenizer } = loaded;
    // Models of ours were taught to use it.
    tools = tokenizer.specialTokens.has('<|tool_call_start|>')
      ? [{ name: calculator.name, call: (input: unknown) => calculator.call(String(input)) }]
      : [];
    return {
      name: loaded.name,
      canChat: loaded.canChat,
      runsOn,
      contextLength: model.contextLength,
      parameterCount: model.parameterCount,
      depth: model.config.depth,
      heads: model.config.heads,
      defaults: loaded.defaults,
      tools: tools.map((tool) => tool.name),
    };
  },
  async chat({ messages, sampling, begin }, context) {
    const options = { ...sampling, tools, begin, logProbabilities: alternatives };
    await tell(there().chat(messages, { ...options, signal: context.signal }), context);
    return undefined;
  },
  async complete({ text, sampling, begin }, context) {
    const { tokenizer, beginToken } = there();
    const start = beginToken === undefined ? [] : [beginToken];
    const prompt = Int32Array.from([...start, ...tokenizer.encode(text), ...begin]);
    const options = { ...sampling, logProbabilities: alternatives, signal: context.signal };
    await tell(there().complete(prompt, options), context);
    return undefined;
  },
});

function there(): Assistant {
  if (assistant !== undefined) return assistant;
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
