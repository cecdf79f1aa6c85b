/** Log-probabilities of tokens as the chat and the completions endpoint write them. */
import type { BpeTokenizer } from '@llm/tokenizer';
import type { TokenReport } from '../../assistant.js';

interface ChatToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

export interface ChatLogProbabilities {
  readonly content: readonly (ChatToken & { readonly top_logprobs: readonly ChatToken[] })[];
  readonly refusal: null;
}

export function chatLogProbabilities(tokens: readonly TokenReport[]): ChatLogProbabilities {
  const written = ({ bytes, logProbability }: Pick<TokenReport, 'bytes' | 'logProbability'>): ChatToken => ({
    token: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    logprob: logProbability,
    bytes: [...bytes],
  });
  const content = tokens.map((token) => ({ ...written(token), top_logprobs: token.top.map(written) }));
  return { content, refusal: null };
}

/** Of a text's first token nothing was predicted: null. */
export interface ScoredToken {
  readonly id: number;
  readonly logProbability: number | null;
  readonly top: readonly { readonly id: number; readonly logProbability: number }[];
}

export interface CompletionLogProbabilities {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly (number | null)[];
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
  /** In UTF-16 units of the choice's whole text. */
  readonly text_offset: readonly number[];
}

/** `offset` is the length of the text before. The top always holds the token itself, as OpenAI's does. */
export function completionLogProbabilities(
  tokenizer: BpeTokenizer,
  tokens: readonly ScoredToken[],
  offset: number,
): CompletionLogProbabilities {
  let at = offset;
  return {
    tokens: tokens.map(({ id }) => tokenText(tokenizer, id)),
    token_logprobs: tokens.map(({ logProbability }) => logProbability),
    top_logprobs: tokens.map((token) => topOf(tokenizer, token)),
    text_offset: tokens.map(({ id }) => {
      const start = at;
      at += tokenizer.decode([id]).length;
      return Math.max(0, start);
    }),
  };
}

function topOf(
  tokenizer: BpeTokenizer,
  { id, logProbability, top }: ScoredToken,
): Record<string, number> | null {
  if (logProbability === null) return null;
  const written = new Map<string, number>();
  // Most likely first: where two tokens have one text, the likelier keeps it.
  for (const each of [...top, { id, logProbability }]) {
    const text = tokenText(tokenizer, each.id);
    // Of the token itself always the same number: who compares it with the greatest asks for equality.
    if (!written.has(text)) written.set(text, each.id === id ? logProbability : each.logProbability);
  }
  return Object.fromEntries(written);
}

/** A token that is part of a character is written `bytes:\xe2\x82`, as OpenAI wrote it. */
function tokenText(tokenizer: BpeTokenizer, id: number): string {
  const bytes = tokenizer.tokenBytes(id);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.includes('\ufffd')) return text;
  return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
}
