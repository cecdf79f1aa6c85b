/** The parts of a model → an assistant, wherever they came from. */
import type { Transformer } from '@llm/model';
import type { BpeTokenizer, TokenizerConfig } from '@llm/tokenizer';
import type {
  AnswerOptions,
  AnswerPart,
  Assistant,
  ChatMessage,
  ChatOptions,
  SamplingChoice,
} from './assistant.js';
import { type ChatSource, chat, noChatFormat } from './chat/chat.js';
import { ChatFormats } from './chat/chat-format.js';
import { complete } from './chat/complete.js';
import { ControlCharacters } from './chat/control-characters.js';

export interface AssistantParts {
  readonly name: string;
  /** Disposed of together with the assistant. */
  readonly model: Transformer;
  readonly tokenizer: BpeTokenizer;
  /** Chat template and special tokens. Without a template the assistant cannot chat. */
  readonly tokenizerConfig: TokenizerConfig;
  /** Put before a text that is completed. Default: nothing. */
  readonly beginToken?: number | undefined;
  /** Beside the one that the template ends an assistant's message with. */
  readonly stopTokens: readonly number[];
  readonly defaults?: SamplingChoice | undefined;
}

/** Throws `tokenizer/template-invalid` or `tokenizer/template-unsafe` when the template cannot be used. */
export async function createAssistant(parts: AssistantParts): Promise<Assistant> {
  const { name, model, tokenizer, tokenizerConfig, beginToken, defaults = {} } = parts;
  const formats = new ChatFormats(tokenizer, tokenizerConfig);
  const canChat = tokenizerConfig.chatTemplate !== undefined;
  const ends = canChat ? [(await formats.get({})).stopToken] : [];
  const stopTokens = [...new Set([...parts.stopTokens, ...ends])];
  const source: ChatSource = {
    model,
    tokenizer,
    controls: new ControlCharacters(tokenizer),
    formats,
    contextLength: model.contextLength,
    stopTokens,
    defaults,
  };
  const answer = (
    messages: string | readonly ChatMessage[],
    options: ChatOptions = {},
  ): AsyncGenerator<AnswerPart, void, undefined> => {
    if (!canChat) throw noChatFormat(name);
    return chat(
      source,
      typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages,
      options,
    );
  };
  return {
    name,
    model,
    tokenizer,
    canChat,
    beginToken,
    stopTokens,
    defaults,
    chat: answer,
    complete: (prompt: string | Int32Array, options: AnswerOptions = {}) =>
      complete({ ...source, beginToken }, prompt, options),
    async text(messages, options) {
      let text = '';
      for await (const part of answer(messages, options)) if (part.type === 'text') text += part.text;
      return text;
    },
    dispose: () => model.dispose(),
  };
}
