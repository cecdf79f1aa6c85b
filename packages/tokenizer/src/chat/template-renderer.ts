/**
 * Conversations → ids and loss mask by a model's own Jinja chat template (`@huggingface/jinja`). The template's text may become special
 * tokens, what people wrote never: the template is rendered once with the messages and once with markers in their place, which
 * tells the two apart. Text messages only; tools differ from template to template and are refused.
 */
import {
  type Conversation,
  type ConversationRenderer,
  LlmError,
  type Message,
  messageText,
  type RenderedConversation,
} from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { checkConversation } from './check-conversation.js';
import type { TokenizerConfig } from './tokenizer-config.js';

export type TemplateRenderer = Pick<ConversationRenderer, 'render' | 'renderPrompt' | 'stopToken'>;

interface Stretch {
  readonly text: string;
  /** Index of the message whose content this is; undefined for the template's own text. */
  readonly message: number | undefined;
}

/** Throws `tokenizer/template-invalid` for a template that cannot be read, and names the end token it lacks. */
export async function createTemplateRenderer(
  tokenizer: BpeTokenizer,
  config: TokenizerConfig,
): Promise<TemplateRenderer> {
  const { Template } = await import('@huggingface/jinja');
  if (config.chatTemplate === undefined) throw invalid('tokenizer_config.json has no chat_template');
  let template: InstanceType<typeof Template>;
  try {
    template = new Template(config.chatTemplate);
  } catch (cause) {
    throw invalid(`the chat template cannot be read: ${String(cause)}`, cause);
  }
  const renderText = (messages: readonly { role: string; content: string }[], prompt: boolean): string => {
    try {
      return template.render({ ...config.tokens, messages, add_generation_prompt: prompt });
    } catch (cause) {
      throw invalid(`the chat template refuses this conversation: ${String(cause)}`, cause);
    }
  };
  const split = (messages: readonly Message[], prompt: boolean): Stretch[] => {
    const contents = messages.map(contentOf);
    const roles = messages.map(({ role }) => role);
    const marked = renderText(
      roles.map((role, i) => ({ role, content: markerOf(i) })),
      prompt,
    );
    const actual = renderText(
      roles.map((role, i) => ({ role, content: contents[i]! })),
      prompt,
    );
    return align(marked, actual, contents);
  };
  const stop = endOf(
    tokenizer,
    split([user('a'), { role: 'assistant', parts: [{ type: 'text', text: 'b' }] }], false),
  );
  return {
    stopToken: stop.id,
    render(conversation) {
      checkConversation(conversation);
      return encode(tokenizer, conversation, split(conversation.messages, false), stop.text);
    },
    renderPrompt(conversation) {
      checkConversation(conversation);
      if (conversation.messages.at(-1)?.role !== 'user') {
        throw new LlmError({
          code: 'tokenizer/conversation-invalid',
          message: 'A prompt ends with a user message.',
        });
      }
      return encode(tokenizer, conversation, split(conversation.messages, true), stop.text).ids;
    },
  };
}

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
/** Private-use characters around a number: no template writes them. */
const markerOf = (index: number): string => `\ue0f0${index}\ue0f1`;

function contentOf({ parts }: Message, index: number): string {
  if (parts.some(({ type }) => type !== 'text')) {
    throw new LlmError({
      code: 'tokenizer/conversation-invalid',
      message: `Message ${index} holds a tool call or output, which a chat template renders in its own way; only text is supported.`,
    });
  }
  return messageText(parts);
}

/** Finds the contents in the rendered text by the template's text between the markers. Contents may come out trimmed. */
function align(marked: string, actual: string, contents: readonly string[]): Stretch[] {
  const parts = marked.split(/\ue0f0(\d+)\ue0f1/u);
  const stretches: Stretch[] = [];
  let position = 0;
  for (let i = 0; i < parts.length; i++) {
    const message = i % 2 === 1 ? Number(parts[i]) : undefined;
    const candidates =
      message === undefined
        ? [parts[i]!]
        : [
            contents[message]!,
            contents[message]!.trim(),
            contents[message]!.trimStart(),
            contents[message]!.trimEnd(),
          ];
    const next = parts[i + 1] === undefined || message === undefined ? '' : parts[i + 1]!;
    const text = candidates.find((candidate) => actual.startsWith(candidate + next, position));
    if (text === undefined)
      throw invalid(
        'the chat template changes the text of a message, so its text and the template cannot be told apart',
      );
    stretches.push({ text, message });
    position += text.length;
  }
  if (position !== actual.length) throw invalid('the chat template changes the text of a message');
  return stretches;
}

/** The special token that the template writes after an assistant's text. */
function endOf(tokenizer: BpeTokenizer, stretches: readonly Stretch[]): { id: number; text: string } {
  const after = stretches[stretches.findIndex(({ message }) => message === 1) + 1]?.text ?? '';
  const found = [...tokenizer.specialTokens]
    .filter(([text]) => after.includes(text))
    .sort(([a], [b]) => after.indexOf(a) - after.indexOf(b) || b.length - a.length)[0];
  if (found === undefined)
    throw invalid("the chat template writes no special token after the assistant's text");
  return { id: found[1], text: found[0] };
}

function encode(
  tokenizer: BpeTokenizer,
  conversation: Conversation,
  stretches: readonly Stretch[],
  stopText: string,
): RenderedConversation {
  const ids: number[] = [];
  const mask: number[] = [];
  const append = (text: string, isTemplate: boolean, trained: 0 | 1): void => {
    for (const id of tokenizer.encode(text, { allowSpecial: isTemplate, allowAdded: isTemplate })) {
      ids.push(id);
      mask.push(trained);
    }
  };
  let isAfterAssistant = false;
  for (const { text, message } of stretches) {
    if (message !== undefined) {
      isAfterAssistant = conversation.messages[message]!.role === 'assistant';
      append(text, false, isAfterAssistant ? 1 : 0);
      continue;
    }
    const stop = isAfterAssistant ? text.indexOf(stopText) : -1;
    const trainedEnd = stop < 0 ? 0 : stop + stopText.length;
    append(text.slice(0, trainedEnd), true, 1);
    append(text.slice(trainedEnd), true, 0);
    isAfterAssistant = false;
  }
  return { ids: Int32Array.from(ids), mask: Uint8Array.from(mask) };
}

function invalid(problem: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'tokenizer/template-invalid',
    message: `${problem}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
