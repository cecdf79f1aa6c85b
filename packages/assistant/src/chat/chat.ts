/**
 * Answers the last message of a conversation: as many generations as tools are run in between, and one
 * more.
 */
import { LlmError } from '@llm/core';
import type { AnswerPart, ChatMessage, ChatOptions, SamplingChoice, ToolCall } from '../assistant.js';
import { type AnswerRowOptions, answerRow, type RowSource } from './answer-row.js';
import type { ChatFormat, ChatFormats } from './chat-format.js';
import { type Constraint, constraintOf } from './constraint.js';
import { conversationOf } from './conversation-of.js';
import { fitWindow } from './fit-window.js';
import { checkAnswerOptions, samplingOptions } from './sampling.js';
import { toolDefinitions } from './tool-definitions.js';
import { canRun, promptAfterTools, runTool } from './tool-rounds.js';

export interface ChatSource extends RowSource {
  readonly formats: ChatFormats;
  readonly contextLength: number;
  readonly stopTokens: readonly number[];
  readonly defaults: SamplingChoice;
}

export async function* chat(
  source: ChatSource,
  given: readonly ChatMessage[],
  options: ChatOptions,
): AsyncGenerator<AnswerPart, void, undefined> {
  checkAnswerOptions(options);
  const sampling = samplingOptions(options, source.defaults);
  const { maxNewTokens = Number.POSITIVE_INFINITY, maxToolRounds = 8, signal, stop } = options;
  const all = toolDefinitions(options.tools ?? []);
  const tools = options.toolChoice === 'none' ? [] : all;
  const format = await source.formats.get({ tools, variables: options.templateVariables });
  const stopTokens = [...new Set([...source.stopTokens, format.stopToken])];
  const { contextLength } = source;
  const fitted = fitWindow(given, (messages) => format.renderPrompt(conversationOf(messages)), {
    contextLength,
    maxNewTokens: options.maxNewTokens,
  });
  let history = fitted.messages;
  const { begin = [] } = options;
  const forced =
    options.jsonSchema !== undefined || !['auto', 'none', undefined].includes(options.toolChoice as string);
  if (begin.length > 0 && forced)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message:
        'begin is given beside jsonSchema or a toolChoice that forces a call, which hold from the first token on: leave one of them out.',
      details: { option: 'begin' },
    });
  let prompt = begin.length === 0 ? fitted.ids : Int32Array.from([...fitted.ids, ...Array.from(begin)]);
  if (prompt.length >= contextLength && begin.length > 0)
    throw new LlmError({
      code: 'assistant/prompt-too-long',
      message: `The conversation and the beginning of its answer have ${prompt.length} tokens; the model sees ${contextLength} with what follows. Begin with fewer.`,
      details: { tokens: prompt.length, contextLength },
    });
  let completionTokens = 0;
  for (let round = 0; ; round++) {
    const constraint = constraintOf(source, format, tools, { ...options, stopTokens, isFirst: round === 0 });
    const row = answerRow(source, prompt, {
      ...sampling,
      ...rowOptions(source, format, constraint),
      maxNewTokens: Math.min(maxNewTokens - completionTokens, contextLength - prompt.length),
      stopTokens,
      topLogProbabilities: options.logProbabilities,
      signal,
      begin: round === 0 ? begin : undefined,
      reports: options.logProbabilities !== undefined,
      reader: {
        thinking: format.thinking,
        isThinking: isThinking(source, format, round === 0 ? fitted.ids : prompt),
        calls: format.calls,
        stop,
      },
    });
    const calls: ToolCall[] = [];
    let text = '';
    let next = await row.next();
    try {
      for (; !next.done; next = await row.next()) {
        const part = next.value;
        if (part.type === 'call') {
          const call = { id: newId(), ...part.call };
          calls.push(call);
          yield { type: 'tool-call', call };
        } else {
          if (part.type === 'text') text += part.text;
          yield part;
        }
      }
    } finally {
      await row.return({ reason: 'stop', ids: [] });
    }
    const { reason, ids } = next.value;
    completionTokens += ids.length;
    const isFull = reason === 'length' && completionTokens < maxNewTokens;
    const end = (why: Extract<AnswerPart, { readonly type: 'end' }>['reason']): AnswerPart => ({
      type: 'end',
      reason: why,
      promptTokens: fitted.ids.length,
      completionTokens,
      omittedMessages: fitted.omitted,
    });
    if (calls.length === 0 || reason !== 'stop') return yield end(isFull ? 'context' : reason);
    if (!canRun(calls, tools) || round >= maxToolRounds) return yield end('tool-calls');
    const outputs = await Promise.all(calls.map((call) => runTool(call, tools)));
    signal?.throwIfAborted();
    for (const [index, { id }] of calls.entries())
      yield { type: 'tool-output', toolCallId: id, text: outputs[index]! };
    history = [
      ...history,
      { role: 'assistant', content: text, toolCalls: calls },
      ...calls.map(
        ({ id }, index): ChatMessage => ({ role: 'tool', toolCallId: id, content: outputs[index]! }),
      ),
    ];
    prompt = promptAfterTools(format, prompt, ids, history);
    if (prompt.length >= contextLength) return yield end('context');
    if (completionTokens >= maxNewTokens) return yield end('length');
  }
}

function rowOptions(
  { tokenizer }: ChatSource,
  { outputsStayInside }: ChatFormat,
  constraint: Constraint | undefined,
): Pick<AnswerRowOptions, 'vocabularySize' | 'endsAfter' | 'isComplete'> {
  return {
    vocabularySize: tokenizer.vocabularySize,
    endsAfter: outputsStayInside ? (piece) => piece.type === 'call' : undefined,
    ...constraint,
  };
}

/** Some templates open the thinking themselves. */
function isThinking({ tokenizer }: ChatSource, { thinking }: ChatFormat, prompt: Int32Array): boolean {
  return thinking !== undefined && tokenizer.decode(prompt.slice(-16)).trimEnd().endsWith(thinking.open);
}

function newId(): string {
  const letters = Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36));
  return `call_${letters.join('')}`;
}

export function noChatFormat(name: string): LlmError {
  return new LlmError({
    code: 'assistant/no-chat-format',
    message: `${name} has no chat template: it is a base model, which continues texts. Use complete, or load one that was taught to chat.`,
    details: { name },
  });
}
