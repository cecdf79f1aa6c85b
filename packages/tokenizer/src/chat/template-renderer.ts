/**
 * Conversations → ids and loss mask by a model's own Jinja chat template (`@huggingface/jinja`): the ids of transformers'
 * `apply_chat_template`, except that what people wrote never becomes a control token, and that no token spans the place where an
 * assistant begins to speak, so that a prompt is always the beginning of what is trained on.
 */
import {
  type Conversation,
  type ConversationRenderer,
  type JsonValue,
  LlmError,
  type ParsedCompletion,
  type Part,
  type RenderedConversation,
  type ToolCallPart,
} from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { compileTemplate } from './bounded-template.js';
import { checkConversation } from './check-conversation.js';
import { type PythonValue, parsePythonJson } from './python-json.js';
import { quoted, TemplateGrammar } from './template-grammar.js';
import {
  type TemplateMessage,
  type TemplateToolCall,
  templateMessages,
  writtenInput,
} from './template-messages.js';
import { TokenGuard } from './token-guard.js';
import type { TokenizerConfig } from './tokenizer-config.js';

export interface TemplateOptions {
  /** JSON schemas of the tools that the model is told of (`tools=` in transformers). Default none. */
  readonly tools?: readonly JsonValue[] | undefined;
  /** Further variables that the template reads, e.g. `{ enable_thinking: false }`. Default none. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
}

/**
 * Here a prompt may also end with the output of a tool. `parse` reads calls as the template writes them (a JSON input with the template's
 * spacing); where a template has no place for tools, calls stay text and `renderToolOutput` throws `tokenizer/template-invalid`.
 *
 * Throws `tokenizer/template-invalid` for a template that cannot be read or that writes no end token, and `tokenizer/template-unsafe` for one
 * that takes too long or writes too much.
 */
export async function createTemplateRenderer(
  tokenizer: BpeTokenizer,
  config: TokenizerConfig,
  { tools, variables }: TemplateOptions = {},
): Promise<ConversationRenderer> {
  const source = (tools === undefined ? undefined : config.toolChatTemplate) ?? config.chatTemplate;
  if (source === undefined)
    throw invalid(
      'there is no chat template, neither chat_template in tokenizer_config.json nor a chat_template.jinja',
    );
  const render = await compileTemplate(source).catch((cause: unknown) => {
    throw LlmError.isInstance(cause)
      ? cause
      : invalid(`the chat template cannot be read: ${String(cause)}`, cause);
  });
  const guard = new TokenGuard(tokenizer.definition.addedTokens ?? []);
  const begin = (conversation: Conversation): Rendering => {
    const messages = templateMessages(conversation);
    const input = JSON.stringify([messages, tools ?? null]);
    const mark = guard.chooseMark([source, input]);
    const context = {
      ...config.tokens,
      ...variables,
      tools: tools === undefined ? null : guard.protectJson([...tools], mark),
      documents: null,
    };
    const guarded = messages.map((message) => protectMessage(message, guard, mark));
    return new Rendering(tokenizer, guard, mark, guarded, (count, isPrompt) => {
      try {
        const own = { messages: guarded.slice(0, count), add_generation_prompt: isPrompt };
        return render({ ...context, ...own }, input.length);
      } catch (cause) {
        if (LlmError.isInstance(cause)) throw cause;
        throw invalid(`the chat template refuses this conversation: ${String(cause)}`, cause);
      }
    });
  };
  const renderer = new TemplateRenderer(tokenizer, begin);
  return {
    specificationVersion: 'v1',
    stopToken: renderer.stopToken,
    render: (conversation) => renderer.render(conversation),
    renderPrompt: (conversation) => renderer.renderPrompt(conversation),
    parse: (ids) => renderer.parse(ids),
    renderToolOutput: (text) => renderer.renderToolOutput(text),
    openToolCall: (ids) => renderer.openToolCall(ids),
  };
}

class TemplateRenderer {
  readonly stopToken: number;
  readonly #tokenizer: BpeTokenizer;
  readonly #begin: (conversation: Conversation) => Rendering;
  /** Added tokens as characters of their own, and back. */
  readonly #characters: ReadonlyMap<number, string>;
  readonly #isControl: (character: string) => boolean;
  #learnt: TemplateGrammar | undefined;

  constructor(tokenizer: BpeTokenizer, begin: (conversation: Conversation) => Rendering) {
    this.#tokenizer = tokenizer;
    this.#begin = begin;
    this.stopToken = stopTokenOf(begin(probe));
    const added = tokenizer.definition.addedTokens ?? [];
    this.#characters = new Map(
      added.map(({ id }, index) => [id, String.fromCodePoint(firstControl + index)]),
    );
    const controls = new Set(
      added.filter(({ special }) => special !== false).map(({ id }) => this.#characters.get(id)!),
    );
    this.#isControl = (character) => controls.has(character);
  }

  render(conversation: Conversation): RenderedConversation {
    checkConversation(conversation);
    return this.#begin(conversation).encode(false);
  }

  renderPrompt(conversation: Conversation): Int32Array {
    checkConversation(conversation);
    const last = conversation.messages.at(-1);
    if (last?.role !== 'user' && last?.parts.at(-1)?.type !== 'tool-output') {
      throw new LlmError({
        code: 'tokenizer/conversation-invalid',
        message: 'A prompt ends with a user message or the output of a tool.',
      });
    }
    return this.#begin(conversation).encode(true).ids;
  }

  parse(ids: ArrayLike<number>): ParsedCompletion {
    const { parts, wellFormed } = this.#grammar().parse(this.#written(ids));
    const plain = parts.map((part): Part => {
      if (part.type !== 'tool-call') return { ...part, text: this.#plain(part.text) };
      return { ...part, tool: this.#plain(part.tool), input: this.#plain(part.input) };
    });
    return { parts: plain, wellFormed };
  }

  renderToolOutput(text: string): Int32Array {
    const { output, isOutputQuoted } = this.#grammar().tools ?? {};
    if (output === undefined) throw invalid('the chat template has no place for the output of a tool');
    const { guard } = this.#begin(probe);
    const mark = guard.chooseMark([text, ...output]);
    const said = guard.protect(isOutputQuoted === true ? quoted(text) : text, mark);
    const whole = `${this.#plain(output[0])}${said}${this.#plain(output[1])}`;
    return Int32Array.from(new Rendering(this.#tokenizer, guard, mark, [], () => '').encodeText(whole));
  }

  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined {
    const call = this.#grammar().openCall(this.#written(ids));
    return call && { ...call, tool: this.#plain(call.tool), input: this.#plain(call.input) };
  }

  #grammar(): TemplateGrammar {
    this.#learnt ??= new TemplateGrammar(
      (parts) => this.#writeProbe(parts),
      this.#characters.get(this.stopToken)!,
      this.#isControl,
    );
    return this.#learnt;
  }

  /** What the template writes after the prompt; undefined where it refuses the parts. */
  #writeProbe(parts: readonly Part[]): string | undefined {
    const [question] = probe.messages;
    try {
      const prompt = this.#begin({ messages: [question!] }).encode(true).ids;
      const { ids } = this.#begin({ messages: [question!, { role: 'assistant', parts }] }).encode(false);
      return this.#written(ids.subarray(prompt.length));
    } catch (error) {
      if (LlmError.isInstance(error)) return undefined;
      throw error;
    }
  }

  /** Text with a character for every added token. */
  #written(ids: ArrayLike<number>): string {
    let text = '';
    let span: number[] = [];
    for (let i = 0; i <= ids.length; i++) {
      const character = i < ids.length ? this.#characters.get(ids[i]!) : '';
      if (character === undefined) {
        span.push(ids[i]!);
        continue;
      }
      text += this.#tokenizer.decode(span) + character;
      span = [];
    }
    return text;
  }

  /** The same with the texts of the added tokens. */
  #plain(written: string): string {
    let text = written;
    for (const [id, character] of this.#characters)
      if (text.includes(character)) text = text.replaceAll(character, this.#tokenizer.decode([id]));
    return text;
  }
}

/** The characters of added tokens, of a plane for private use that no text comes from. */
const firstControl = 0xf0000;

const probe: Conversation = {
  messages: [
    { role: 'user', parts: [{ type: 'text', text: 'a' }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'b' }] },
  ],
};

/** A message whose objects are `Map`s where the order of keys counts. */
type GuardedMessage = Pick<TemplateMessage, 'role'> & Readonly<Record<string, unknown>>;

/** Templates ask whether a key is there, so none is added. */
function protectMessage(message: TemplateMessage, guard: TokenGuard, mark: string): GuardedMessage {
  const { tool_calls: calls, name } = message;
  return {
    ...message,
    content: guard.protect(message.content, mark),
    ...(name === undefined ? {} : { name: guard.protect(name, mark) }),
    ...(calls === undefined
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            ...call,
            function: {
              name: guard.protect(call.function.name, mark),
              arguments: guard.protectJson(argumentsOf(call), mark),
            },
          })),
        }),
  };
}

/** What a call is given, as `json.loads` reads it. */
function argumentsOf(call: TemplateToolCall): JsonValue | PythonValue {
  const written = writtenInput(call);
  return (written === undefined ? undefined : parsePythonJson(written)) ?? call.function.arguments;
}

/** One conversation on its way through a template. */
class Rendering {
  constructor(
    readonly tokenizer: BpeTokenizer,
    readonly guard: TokenGuard,
    readonly mark: string,
    readonly messages: readonly GuardedMessage[],
    /** The template's text of the first `count` messages. */
    readonly text: (count: number, isPrompt: boolean) => string,
  ) {}

  encode(isPrompt: boolean): RenderedConversation {
    const text = this.text(this.messages.length, isPrompt);
    const ids: number[] = [];
    const mask: number[] = [];
    const append = (start: number, end: number, trained: 0 | 1): void => {
      for (const id of this.encodeText(text.slice(start, end))) {
        ids.push(id);
        mask.push(trained);
      }
    };
    let last = 0;
    for (const { start, end } of this.turns(text)) {
      append(last, start, 0);
      append(start, end, 1);
      last = end;
    }
    append(last, text.length, 0);
    return { ids: Int32Array.from(ids), mask: Uint8Array.from(mask) };
  }

  /** Where each assistant message begins, after the prompt that asks for it, and where it ends, with its last control token. */
  turns(text: string): { start: number; end: number }[] {
    const controls = this.guard.find(text).filter(({ id }) => this.isControl(id));
    return this.messages.flatMap(({ role }, i) => {
      if (role !== 'assistant') return [];
      const prompt = this.text(i, true);
      if (!text.startsWith(prompt)) {
        throw invalid(
          `the chat template renders what comes before message ${i} differently once the conversation goes on, so that a prompt is not the beginning of what is trained on`,
        );
      }
      const close = commonLength(text, this.text(i + 1, false));
      const last = controls.findLast(({ start, end }) => start >= prompt.length && end <= close);
      return [{ start: prompt.length, end: Math.max(prompt.length, last?.end ?? close) }];
    });
  }

  encodeText(text: string): number[] {
    const ids: number[] = [];
    let last = 0;
    const ordinary = (end: number): void => {
      const plain = this.guard.unmark(text.slice(last, end), this.mark);
      for (const id of this.tokenizer.encode(plain, { allowAdded: false })) ids.push(id);
    };
    for (const { id, start, end } of this.guard.find(text)) {
      ordinary(start);
      ids.push(id);
      last = end;
    }
    ordinary(text.length);
    return ids;
  }

  isControl(id: number): boolean {
    return this.tokenizer.byteLength(id) === 0;
  }
}

/** The control token with which the template ends what the assistant says. */
function stopTokenOf(rendering: Rendering): number {
  const { ids, mask } = rendering.encode(false);
  const stop = ids[mask.lastIndexOf(1)];
  if (stop === undefined || !rendering.isControl(stop))
    throw invalid("the chat template writes no special token after the assistant's text");
  return stop;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function invalid(problem: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'tokenizer/template-invalid',
    message: `${problem}.`,
    cause,
  });
}
