/**
 * A minimal `ConversationRenderer` over any tokenizer that has the eleven chat control tokens. For tests of
 * stages that take a renderer; the complete one is in `@llm/tokenizer`.
 */
import type {
  Conversation,
  ConversationRenderer,
  ParsedCompletion,
  Part,
  RenderedConversation,
  ToolCallPart,
} from '../contracts/conversation.js';
import type { Tokenizer } from '../contracts/tokenizer.js';
import { isToolName, renderableParts } from '../conversations/renderable-parts.js';
import { LlmError } from '../errors.js';

export const chatControlTokens = [
  '<|bos|>',
  '<|system_start|>',
  '<|system_end|>',
  '<|user_start|>',
  '<|user_end|>',
  '<|assistant_start|>',
  '<|assistant_end|>',
  '<|tool_call_start|>',
  '<|tool_call_end|>',
  '<|tool_output_start|>',
  '<|tool_output_end|>',
] as const;

export class TemplateRenderer implements ConversationRenderer {
  readonly specificationVersion = 'v1';
  readonly stopToken: number;
  readonly vocabularySize: number;

  constructor(readonly tokenizer: Tokenizer) {
    this.vocabularySize = tokenizer.vocabularySize;
    this.stopToken = this.#control('assistant_end');
  }

  #control(name: string): number {
    return this.tokenizer.specialTokens.get(`<|${name}|>`)!;
  }

  #span(name: string, text: string): number[] {
    return [this.#control(`${name}_start`), ...this.tokenizer.encode(text), this.#control(`${name}_end`)];
  }

  #part(part: Part): number[] {
    if (part.type === 'text') return [...this.tokenizer.encode(part.text)];
    if (part.type === 'tool-call') return this.#span('tool_call', `${part.tool} ${part.input}`);
    return this.#span('tool_output', part.text);
  }

  render(conversation: Conversation): RenderedConversation {
    check(conversation);
    const ids = [this.#control('bos')];
    const mask = [0];
    const append = (tokens: readonly number[], trained: 0 | 1): void => {
      for (const token of tokens) {
        ids.push(token);
        mask.push(trained);
      }
    };
    for (const { role, parts } of conversation.messages) {
      append([this.#control(`${role}_start`)], 0);
      for (const part of parts)
        append(this.#part(part), role === 'assistant' && part.type !== 'tool-output' ? 1 : 0);
      append([this.#control(`${role}_end`)], role === 'assistant' ? 1 : 0);
    }
    return { ids: Int32Array.from(ids), mask: Uint8Array.from(mask) };
  }

  renderPrompt(conversation: Conversation): Int32Array {
    if (conversation.messages.at(-1)?.role !== 'user') throw invalid('A prompt ends with a user message.');
    return Int32Array.from([...this.render(conversation).ids, this.#control('assistant_start')]);
  }

  parse(ids: ArrayLike<number>): ParsedCompletion {
    const parts: Part[] = [];
    let open: 'text' | 'tool_call' | 'tool_output' = 'text';
    let text: number[] = [];
    const close = (): void => {
      const content = this.tokenizer.decode(text);
      text = [];
      if (open === 'tool_call') parts.push(parseCall(content));
      else if (open === 'tool_output') parts.push({ type: 'tool-output', text: content });
      else if (content !== '') parts.push({ type: 'text', text: content });
    };
    const all = Array.from(ids);
    let wellFormed = all.at(-1) === this.stopToken;
    for (const id of wellFormed ? all.slice(0, -1) : all) {
      if (this.tokenizer.byteLength(id) > 0) text.push(id);
      else if (open === 'text' && id === this.#control('tool_call_start')) {
        close();
        open = 'tool_call';
      } else if (open === 'text' && id === this.#control('tool_output_start')) {
        close();
        open = 'tool_output';
      } else if (open !== 'text' && id === this.#control(`${open}_end`)) {
        close();
        open = 'text';
      } else wellFormed = false;
    }
    if (open !== 'text') wellFormed = false;
    close();
    // What `renderableParts` would drop of a well-formed completion makes it none.
    const isWhole = renderableParts({ parts, wellFormed: true }).length === parts.length;
    return { parts, wellFormed: wellFormed && isWhole };
  }

  renderToolOutput(text: string): Int32Array {
    return Int32Array.from(this.#span('tool_output', text));
  }

  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined {
    const all = Array.from(ids);
    if (all.at(-1) !== this.#control('tool_call_end')) return undefined;
    const start = all.lastIndexOf(this.#control('tool_call_start'));
    const call = parseCall(this.tokenizer.decode(all.slice(start + 1, -1)));
    return start >= 0 && isToolName(call.tool) ? call : undefined;
  }
}

function parseCall(content: string): ToolCallPart {
  const space = content.indexOf(' ');
  return space < 0
    ? { type: 'tool-call', tool: content, input: '' }
    : { type: 'tool-call', tool: content.slice(0, space), input: content.slice(space + 1) };
}

function check({ messages }: Conversation): void {
  const turns = messages[0]?.role === 'system' ? 1 : 0;
  for (const [index, { role, parts }] of messages.entries()) {
    const expected = index < turns ? 'system' : (index - turns) % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected)
      throw invalid(`Message ${index} is the ${role}'s where the ${expected}'s belongs.`);
    const isText = parts.every(({ type }) => type === 'text');
    if (role === 'assistant' ? renderableParts({ parts, wellFormed: true }).length < parts.length : !isText)
      throw invalid(`Message ${index} has a misplaced part.`);
  }
}

function invalid(message: string): LlmError {
  return new LlmError({ code: 'tokenizer/conversation-invalid', message });
}
