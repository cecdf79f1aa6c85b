/**
 * A small tokenizer for the questions of one experiment, with the chat format of the product: words are
 * tokens, every digit is one of its own, so that sums can be learned.
 */
import type { Conversation } from '@llm/core';
import { chatSpecialTokens, toTokenizerJson, trainTokenizer } from '@llm/tokenizer';
import { type Language, languageOf } from '../models/open-model.js';

export async function labLanguage(
  conversations: readonly Conversation[],
  vocabularySize: number,
): Promise<Language> {
  const texts = conversations.flatMap(({ messages }) =>
    messages.flatMap(({ parts }) =>
      parts.map((part) => (part.type === 'tool-call' ? `${part.tool} ${part.input}` : part.text)),
    ),
  );
  const tokenizer = await trainTokenizer(texts, {
    vocabularySize,
    specialTokens: chatSpecialTokens,
    pattern: 'singleDigits',
  });
  return languageOf(new TextEncoder().encode(toTokenizerJson(tokenizer)));
}
