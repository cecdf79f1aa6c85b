/**
 * A model's folder as transformers writes it: `tokenizer.json`, `tokenizer_config.json`, and the chat
 * template in it or, today, in a `chat_template.jinja` beside it (others in
 * `additional_chat_templates/NAME.jinja`), which goes before it as in transformers.
 */
import { LlmError } from '@llm/core';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { isObject, objectAt, parseJson } from '../formats/json-reading.js';
import { fromTokenizerJson } from '../formats/read-tokenizer-json.js';
import { readTokenizerConfig, type TokenizerConfig } from './tokenizer-config.js';

/**
 * Name of each file, as seen from the folder, and what is in it. Others than those of the tokenizer are
 * passed over.
 */
export type TokenizerFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * The tokenizer of a folder, its special tokens and its chat template. Throws `tokenizer/file-missing`
 * without a `tokenizer.json`, `tokenizer/file-invalid` and what `fromTokenizerJson` throws.
 */
export function fromTokenizerFolder(files: TokenizerFiles): {
  tokenizer: BpeTokenizer;
  config: TokenizerConfig;
} {
  const textOf = (name: string): string | undefined => {
    const content = Object.hasOwn(files, name) ? files[name] : undefined;
    return content === undefined || typeof content === 'string' ? content : new TextDecoder().decode(content);
  };
  const json = textOf('tokenizer.json');
  if (json === undefined) {
    throw new LlmError({
      code: 'tokenizer/file-missing',
      message: `There is no tokenizer.json among the files ${Object.keys(files).slice(0, 20).join(', ') || '(none)'}.`,
      details: { file: 'tokenizer.json' },
    });
  }
  const config = readTokenizerConfig(textOf('tokenizer_config.json') ?? '{}');
  const older = readTokenizerConfig(textOf('special_tokens_map.json') ?? '{}');
  return {
    tokenizer: fromTokenizerJson(json),
    config: {
      tokens: { ...older.tokens, ...config.tokens },
      chatTemplate:
        textOf('chat_template.jinja') ?? config.chatTemplate ?? templateIn(textOf('chat_template.json')),
      toolChatTemplate: textOf('additional_chat_templates/tool_use.jinja') ?? config.toolChatTemplate,
    },
  };
}

/** Processors wrote `{"chat_template": …}` for a while. */
function templateIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const file = 'chat_template.json';
  const root = objectAt(file, 'the file', parseJson(file, text));
  return isObject(root) && typeof root.chat_template === 'string' ? root.chat_template : undefined;
}
