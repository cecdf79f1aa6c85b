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
  type RenderedConversation,
} from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { checkConversation } from './check-conversation.js';
import { type TemplateMessage, templateMessages } from './template-messages.js';
import { TokenGuard } from './token-guard.js';
import type { TokenizerConfig } from './tokenizer-config.js';

/** Here a prompt may also end with the output of a tool. */
export type TemplateRenderer = Pick<ConversationRenderer, 'render' | 'renderPrompt' | 'stopToken'>;

export interface TemplateOptions {
  /** JSON schemas of the tools that the model is told of (`tools=` in transformers). Default none. */
  readonly tools?: readonly JsonValue[] | undefined;
  /** Further variables that the template reads, e.g. `{ enable_thinking: false }`. Default none. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
}

/** Throws `tokenizer/template-invalid` for a template that cannot be read or that writes no end token. */
export async function createTemplateRenderer(
  tokenizer: BpeTokenizer,
  config: TokenizerConfig,
  { tools, variables }: TemplateOptions = {},
): Promise<TemplateRenderer> {
  const { Template } = await import('@huggingface/jinja');
  const source = (tools === undefined ? undefined : config.toolChatTemplate) ?? config.chatTemplate;
  if (source === undefined) throw invalid('tokenizer_config.json has no chat_template');
  let template: InstanceType<typeof Template>;
  try {
    template = new Template(source);
  } catch (cause) {
    throw invalid(`the chat template cannot be read: ${String(cause)}`, cause);
  }
  const guard = new TokenGuard(tokenizer.definition.addedTokens ?? []);
  const begin = (conversation: Conversation): Rendering => {
    const messages = templateMessages(conversation);
    const mark = guard.chooseMark([source, JSON.stringify([messages, tools ?? null])]);
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
        return template.render({ ...context, ...own });
      } catch (cause) {
        throw invalid(`the chat template refuses this conversation: ${String(cause)}`, cause);
      }
    });
  };
  return {
    stopToken: stopTokenOf(begin(probe)),
    render(conversation) {
      checkConversation(conversation);
      return begin(conversation).encode(false);
    },
    renderPrompt(conversation) {
      checkConversation(conversation);
      const last = conversation.messages.at(-1);
      if (last?.role !== 'user' && last?.parts.at(-1)?.type !== 'tool-output') {
        throw new LlmError({
          code: 'tokenizer/conversation-invalid',
          message: 'A prompt ends with a user message or the output of a tool.',
        });
      }
      return begin(conversation).encode(true).ids;
    },
  };
}

const probe: Conversation = {
  messages: [
    { role: 'user', parts: [{ type: 'text', text: 'a' }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'b' }] },
  ],
};

/** Templates ask whether a key is there, so none is added. */
function protectMessage(message: TemplateMessage, guard: TokenGuard, mark: string): TemplateMessage {
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
              arguments: guard.protectJson(call.function.arguments, mark),
            },
          })),
        }),
  };
}

/** One conversation on its way through a template. */
class Rendering {
  constructor(
    readonly tokenizer: BpeTokenizer,
    readonly guard: TokenGuard,
    readonly mark: string,
    readonly messages: readonly TemplateMessage[],
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
      ids.push(...this.tokenizer.encode(plain, { allowAdded: false }));
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
