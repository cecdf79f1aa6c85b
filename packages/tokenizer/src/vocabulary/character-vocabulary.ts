/**
 * What SentencePiece's BPE has beyond byte-level BPE: tokens are made of characters, a space is written `▁`,
 * and a character that the vocabulary lacks is spelled in byte tokens, `<0xE4>`.
 */
import { LlmError } from '@llm/core';

/** How a space is written in the texts of tokens: U+2581. A literal one in a text is a space to them too. */
export const spaceMark = '▁';

/** The byte that a token of this text stands for, undefined for other tokens. */
export function byteOfToken(text: string): number | undefined {
  return /^<0x[0-9A-F]{2}>$/.test(text) ? Number.parseInt(text.slice(3, 5), 16) : undefined;
}

export function textOfByteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** The ids of byte tokens; undefined where there is none. Some of them only is refused. */
export function byteTokensOf(ids: ReadonlyMap<string, number>, file: string): Int32Array | undefined {
  const byteIds = Int32Array.from({ length: 256 }, (_, byte) => ids.get(textOfByteToken(byte)) ?? -1);
  const isUsed = (byte: number): boolean => (byte < 0xc0 || byte > 0xc1) && byte < 0xf5;
  const missing = Array.from(byteIds.keys()).filter((byte) => isUsed(byte) && byteIds[byte]! < 0);
  if (missing.length === 0) return byteIds;
  if (missing.length === 243) return undefined;
  const what = `byte tokens for some bytes but not for ${textOfByteToken(missing[0]!)}`;
  throw new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `${file} has ${what}, which this package does not encode.`,
    details: { what },
  });
}
