/**
 * Conversations → ids and loss mask by a model's own Jinja chat template (`@huggingface/jinja`): the ids of
 * transformers' `apply_chat_template`, except that what people wrote never becomes a control token, and that
 * no token spans the place where an assistant begins to speak, so that a prompt is always the beginning of
 * what is trained on.
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
import { type CallShape, quoted, TemplateGrammar } from './template-grammar.js';
import {
  type TemplateMessage,
  type TemplateToolCall,
  templateMessages,
  writtenInput,
} from './template-messages.js';
import {
  type GuardedMessage,
  invalidTemplate as invalid,
  TemplateRendering as Rendering,
} from './template-rendering.js';
import { TokenGuard } from './token-guard.js';
import type { TokenizerConfig } from './tokenizer-config.js';

/** How a template writes a tool call: `open` name `middle` input `close`. Added tokens are their texts. */
export interface CallSyntax {
  readonly open: string;
  /** What comes between text and a call after it. */
  readonly gap: string;
  /** For inputs that are JSON objects; undefined where the template refuses them. */
  readonly json: CallShape | undefined;
  /** For inputs that are any text. */
  readonly text: CallShape | undefined;
  /** Around an output, from the end of its call to where the assistant goes on. */
  readonly output: readonly [before: string, after: string] | undefined;
}

export interface TemplateRenderer extends ConversationRenderer {
  /** Learnt from the template when it is first asked for; undefined where it has no place for tools. */
  callSyntax(): CallSyntax | undefined;
}

export interface TemplateOptions {
  /** JSON schemas of the tools that the model is told of (`tools=` in transformers). Default none. */
  readonly tools?: readonly JsonValue[] | undefined;
  /** Further variables that the template reads, e.g. `{ enable_thinking: false }`. Default none. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
}

/**
 * Here a prompt may also end with the output of a tool. `parse` reads calls as the template writes them (a
 * JSON input with the template's spacing); where a template has no place for tools, calls stay text and
 * `renderToolOutput` throws `tokenizer/template-invalid`.
 *
 * Throws `tokenizer/template-invalid` for a template that cannot be read or that writes no end token, and
 * `tokenizer/template-unsafe` for one that takes too long or writes too much.
 */
export async function createTemplateRenderer(
  tokenizer: BpeTokenizer,
  config: TokenizerConfig,
  { tools, variables }: TemplateOptions = {},
): Promise<TemplateRenderer> {
  const source = (tools === undefined ? undefined : config.toolChatTemplate) ?? config.chatTemplate;
  if (source === undefined)
    throw invalid(
      'there is no chat template, neither chat_template in tokenizer_config.json nor a chat_template.jinja',
    );
  const template = await compileTemplate(source).catch((cause: unknown) => {
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
    const given = (count: number, isPrompt: boolean): Record<string, unknown> => ({
      ...context,
      ...{ messages: guarded.slice(0, count), add_generation_prompt: isPrompt },
    });
    const written = (write: () => string): string => {
      try {
        return write();
      } catch (cause) {
        if (LlmError.isInstance(cause)) throw cause;
        throw invalid(`the chat template refuses this conversation: ${String(cause)}`, cause);
      }
    };
    const { render, renderMarked } = template;
    const markOfMessages = guard.chooseMark([source, input, mark]);
    return new Rendering(tokenizer, guard, mark, {
      messages: guarded,
      text: (count, isPrompt) => written(() => render(given(count, isPrompt), input.length)),
      pieces:
        renderMarked &&
        ((isPrompt) =>
          written(() => renderMarked(given(guarded.length, isPrompt), input.length, markOfMessages)).split(
            markOfMessages,
          )),
    });
  };
  const renderer = new Renderer(tokenizer, begin);
  return {
    specificationVersion: 'v1',
    stopToken: renderer.stopToken,
    render: (conversation) => renderer.render(conversation),
    renderPrompt: (conversation) => renderer.renderPrompt(conversation),
    parse: (ids) => renderer.parse(ids),
    renderToolOutput: (text) => renderer.renderToolOutput(text),
    openToolCall: (ids) => renderer.openToolCall(ids),
    callSyntax: () => renderer.callSyntax(),
  };
}

class Renderer {
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
    return Int32Array.from(
      new Rendering(this.#tokenizer, guard, mark, { messages: [], text: () => '' }).encodeText(whole, 'text'),
    );
  }

  openToolCall(ids: ArrayLike<number>): ToolCallPart | undefined {
    const call = this.#grammar().openCall(this.#written(ids));
    return call && { ...call, tool: this.#plain(call.tool), input: this.#plain(call.input) };
  }

  callSyntax(): CallSyntax | undefined {
    const { tools } = this.#grammar();
    if (tools === undefined) return undefined;
    const shape = (learnt: CallShape | undefined): CallShape | undefined =>
      learnt && { ...learnt, middle: this.#plain(learnt.middle), close: this.#plain(learnt.close) };
    return {
      open: this.#plain(tools.open),
      gap: this.#plain(tools.gap),
      json: shape(tools.json),
      text: shape(tools.text),
      output: tools.output && [this.#plain(tools.output[0]), this.#plain(tools.output[1])],
    };
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

/** The control token with which the template ends what the assistant says. */
function stopTokenOf(rendering: Rendering): number {
  const { ids, mask } = rendering.encode(false);
  const stop = ids[mask.lastIndexOf(1)];
  if (stop === undefined || !rendering.isControl(stop))
    throw invalid("the chat template writes no special token after the assistant's text");
  return stop;
}
