/**
 * Conversations ⇄ ids in the chat format of the eleven control tokens. A message is
 * `<|role_start|>…<|role_end|>`; a tool call is `name input` between its tokens. Rendering is prefix-stable:
 * a longer conversation begins with the ids of a shorter one, because text is encoded part by part and never
 * across a control token.
 */
import {
  type Conversation,
  type ConversationRenderer,
  isToolName,
  LlmError,
  type ParsedCompletion,
  type Part,
  type RenderedConversation,
  renderableParts,
  type Tokenizer,
  type ToolCallPart,
} from '@llm/core';
import { chatSpecialTokens } from './chat-special-tokens.js';
import { checkConversation } from './check-conversation.js';

type ControlToken = (typeof chatSpecialTokens)[number];

/** Throws `tokenizer/special-token-missing` when the tokenizer lacks one of `chatSpecialTokens`. */
export function createChatRenderer(tokenizer: Tokenizer): ConversationRenderer {
  return new ChatRenderer(tokenizer);
}

class ChatRenderer implements ConversationRenderer {
  readonly specificationVersion = 'v1';
  readonly stopToken: number;
  readonly vocabularySize: number;
  readonly #tokenizer: Tokenizer;
  readonly #ids: Readonly<Record<ControlToken, number>>;
  readonly #controls: ReadonlySet<number>;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.vocabularySize = tokenizer.vocabularySize;
    const missing = chatSpecialTokens.filter((text) => !tokenizer.specialTokens.has(text));
    if (missing.length > 0) {
      throw new LlmError({
        code: 'tokenizer/special-token-missing',
        message: `The tokenizer lacks the chat control tokens ${missing.join(', ')}; train it with specialTokens: chatSpecialTokens.`,
        details: { missing },
      });
    }
    const entries = chatSpecialTokens.map((text) => [text, tokenizer.specialTokens.get(text)!]);
    this.#ids = Object.fromEntries(entries) as Record<ControlToken, number>;
    this.#controls = new Set(tokenizer.specialTokens.values());
    this.stopToken = this.#ids['<|assistant_end|>'];
  }

  render(conversation: Conversation): RenderedConversation {
    checkConversation(conversation);
    const ids: number[] = [this.#ids['<|bos|>']];
    const mask: number[] = [0];
    const append = (tokens: ArrayLike<number>, trained: 0 | 1): void => {
      for (let i = 0; i < tokens.length; i++) {
        ids.push(tokens[i]!);
        mask.push(trained);
      }
    };
    for (const { role, parts } of conversation.messages) {
      const own = role === 'assistant' ? 1 : 0;
      append([this.#ids[`<|${role}_start|>`]], 0);
      for (const part of parts) append(this.#renderPart(part), part.type === 'tool-output' ? 0 : own);
      append([this.#ids[`<|${role}_end|>`]], own);
    }
    return { ids: Int32Array.from(ids), mask: Uint8Array.from(mask) };
  }

  renderPrompt(conversation: Conversation): Int32Array {
    const last = conversation.messages.at(-1);
    if (last?.role !== 'user') {
      throw new LlmError({
        code: 'tokenizer/conversation-invalid',
        message: `A prompt ends with a user message, and this one ends with ${last === undefined ? 'none' : `one of role "${last.role}"`}.`,
      });
    }
    return Int32Array.from([...this.render(conversation).ids, this.#ids['<|assistant_start|>']]);
  }

  parse(ids: ArrayLike<number>): ParsedCompletion {
    const parts: Part[] = [];
    const length = ids.length > 0 && ids[ids.length - 1] === this.stopToken ? ids.length - 1 : ids.length;
    let wellFormed = length < ids.length;
    let open: 'text' | 'tool_call' | 'tool_output' = 'text';
    let span: number[] = [];
    const close = (): void => {
      const content = this.#tokenizer.decode(span);
      span = [];
      if (open === 'tool_call') parts.push(parseCall(content));
      else if (open === 'tool_output') parts.push({ type: 'tool-output', text: content });
      else if (content !== '') parts.push({ type: 'text', text: content });
    };
    for (let i = 0; i < length; i++) {
      const id = ids[i]!;
      // Rows that pad a model's vocabulary stand for nothing.
      if (id >= this.vocabularySize) wellFormed = false;
      else if (!this.#controls.has(id)) span.push(id);
      else if (open === 'text' && id === this.#ids['<|tool_call_start|>']) {
        close();
        open = 'tool_call';
      } else if (open === 'text' && id === this.#ids['<|tool_output_start|>']) {
        close();
        open = 'tool_output';
      } else if (open !== 'text' && id === this.#ids[`<|${open}_end|>`]) {
        close();
        open = 'text';
      } else wellFormed = false;
    }
    if (open !== 'text') wellFormed = false;
    close();
    // What `renderableParts` would drop (a call without a name, an output without a call) makes it none.
    const isWhole = renderableParts({ parts, wellFormed: true }).length === parts.length;
    return { parts, wellFormed: wellFormed && isWhole };
  }

  renderToolOutput(text: string): Int32Array {
    return Int32Array.from(this.#span('tool_output', text));
  }

  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined {
    const end = ids.length - 1;
    if (end < 0 || ids[end] !== this.#ids['<|tool_call_end|>']) return undefined;
    let start = end - 1;
    while (start >= 0 && !this.#controls.has(ids[start]!)) start--;
    if (start < 0 || ids[start] !== this.#ids['<|tool_call_start|>']) return undefined;
    const written = Array.from(ids).slice(start + 1, end);
    const call = parseCall(this.#tokenizer.decode(written.filter((id) => id < this.vocabularySize)));
    return isToolName(call.tool) ? call : undefined;
  }

  #renderPart(part: Part): ArrayLike<number> {
    if (part.type === 'text') return this.#tokenizer.encode(part.text);
    if (part.type === 'tool-output') return this.#span('tool_output', part.text);
    return this.#span('tool_call', part.input === '' ? part.tool : `${part.tool} ${part.input}`);
  }

  #span(name: 'tool_call' | 'tool_output', text: string): number[] {
    return [this.#ids[`<|${name}_start|>`], ...this.#tokenizer.encode(text), this.#ids[`<|${name}_end|>`]];
  }
}

/** `calculator 12+30` → tool and input; the first space separates them. */
function parseCall(content: string): ToolCallPart {
  const space = content.indexOf(' ');
  if (space < 0) return { type: 'tool-call', tool: content, input: '' };
  return { type: 'tool-call', tool: content.slice(0, space), input: content.slice(space + 1) };
}
