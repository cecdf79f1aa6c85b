/** An answer of `/v1/chat/completions`, whole or as chunks. */
import type { TokenReport, ToolCall } from '../../assistant.js';
import type { Piece } from './pieces.js';
import { chatLogProbabilities } from './token-shapes.js';
import { finishReason, Usage } from './usage.js';

export interface ChatShape {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: number;
  readonly logProbabilities: boolean;
  /** A last chunk that tells the usage; every other says null. */
  readonly includeUsage: boolean;
  /** At most one call: further ones are not told. */
  readonly singleCall: boolean;
}

export async function chatAnswer(shape: ChatShape, pieces: AsyncIterable<Piece>): Promise<object> {
  const usage = new Usage();
  const choices = Array.from({ length: shape.choices }, () => ({
    content: '',
    reasoning: '',
    calls: [] as ToolCall[],
    tokens: [] as TokenReport[],
    finish: null as string | null,
  }));
  for await (const { choice, part, tokens } of pieces) {
    const whole = choices[choice]!;
    for (const token of tokens) whole.tokens.push(token);
    if (part.type === 'text') whole.content += part.text;
    else if (part.type === 'thinking') whole.reasoning += part.text;
    else if (part.type === 'tool-call') {
      if (!shape.singleCall || whole.calls.length === 0) whole.calls.push(part.call);
    } else if (part.type === 'end') {
      usage.add(part, choice === 0);
      whole.finish = finishReason(part.reason);
    }
  }
  return {
    ...head(shape, 'chat.completion'),
    choices: choices.map(({ content, reasoning, calls, tokens, finish }, index) => ({
      index,
      message: {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        refusal: null,
        ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
        ...(calls.length === 0 ? {} : { tool_calls: calls.map(callBody) }),
      },
      logprobs: shape.logProbabilities ? chatLogProbabilities(tokens) : null,
      finish_reason: finish,
    })),
    usage: usage.body(),
  };
}

export async function* chatChunks(
  shape: ChatShape,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<object, void, undefined> {
  const usage = new Usage();
  const calls = new Array<number>(shape.choices).fill(-1);
  const opened = new Set<number>();
  const chunk = (choices: readonly object[], told: object | null = null): object => ({
    ...head(shape, 'chat.completion.chunk'),
    choices,
    ...(shape.includeUsage ? { usage: told } : {}),
  });
  for await (const { choice: index, part, tokens } of pieces) {
    const logprobs = tokens.length === 0 ? null : chatLogProbabilities(tokens);
    const delta = (changed: object, finish: string | null = null): object =>
      chunk([{ index, delta: changed, logprobs, finish_reason: finish }]);
    if (!opened.has(index)) {
      opened.add(index);
      yield chunk([
        { index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
      ]);
    }
    if (part.type === 'text') yield delta({ content: part.text });
    else if (part.type === 'thinking') yield delta({ reasoning_content: part.text });
    else if (part.type === 'tool-call') {
      const number = ++calls[index]!;
      if (shape.singleCall && number > 0) continue;
      const { id, type, function: called } = callBody(part.call);
      yield delta({
        tool_calls: [{ index: number, id, type, function: { name: called.name, arguments: '' } }],
      });
      yield chunk([
        {
          index,
          delta: { tool_calls: [{ index: number, function: { arguments: called.arguments } }] },
          logprobs: null,
          finish_reason: null,
        },
      ]);
    } else if (part.type === 'end') {
      usage.add(part, index === 0);
      yield delta({}, finishReason(part.reason));
    }
  }
  if (shape.includeUsage) yield chunk([], usage.body());
}

function head({ id, created, model }: ChatShape, object: string): object {
  return { id, object, created, model };
}

function callBody({ id, name, arguments: text }: ToolCall) {
  return { id, type: 'function', function: { name, arguments: text } };
}
