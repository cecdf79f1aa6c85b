/**
 * Reads a `tokenizer.json` of SentencePiece's BPE, whose tokens are made of characters (Llama 2, Mistral,
 * Gemma, Phi-3, TinyLlama …).
 */

import type { JsonValue } from '@llm/core';
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { characterCoding } from '../encode/character-coding.js';
import { rustWord } from '../oniguruma/unicode-sets.js';
import { joinsOfAll, joinsOfMerges, spaceScanner } from '../pretokenize/space-scanner.js';
import type { UnknownToken } from '../vocabulary/bpe-definition.js';
import { byteOfToken, byteTokensOf, spaceMark } from '../vocabulary/character-vocabulary.js';
import { type TokenBytes, tokenBytesOf } from '../vocabulary/token-bytes.js';
import { invalidFile, type JsonObject, stringAt } from './json-reading.js';
import { readDecoder } from './read-decoder.js';
import { unsupported } from './read-pre-tokenizer.js';
import { readSpaces } from './read-spaces.js';
import {
  normalizeAddedTokens,
  placeAddedTokens,
  readAddedTokens,
  readMerges,
  readVocabulary,
} from './read-vocabulary.js';

const file = 'tokenizer.json';

export function readCharacters(root: JsonObject, model: JsonObject): BpeTokenizer {
  const { marksSpaces, normalizer, spacePrefix, isSplit } = readSpaces(root.normalizer, root.pre_tokenizer);
  const { unmarksSpaces, ...decoding } = readDecoder(root.decoder);
  if (marksSpaces !== unmarksSpaces)
    throw unsupported(
      `spaces that ${marksSpaces ? 'become' : 'come from'} ${spaceMark} only on the way ${marksSpaces ? 'in' : 'out'}`,
    );
  const { ids, size } = readVocabulary(model);
  if (marksSpaces && !ids.has(spaceMark)) throw unsupported(`a vocabulary without ${spaceMark}`);
  const byteIds = model.byte_fallback === true ? byteTokensOf(ids, file) : undefined;
  const hasBytes = byteIds !== undefined || decoding.hasByteFallback;
  const byteTokens = new Set(
    Array.from(ids, ([text, id]) => (hasBytes && byteOfToken(text) !== undefined ? id : -1)),
  );
  byteTokens.delete(-1);
  const merges = readMerges(model, ids);
  const unknown = readUnknown(model, ids, byteIds !== undefined);
  if (merges.pairs.some((id) => id === unknown?.id || byteTokens.has(id)))
    throw unsupported('merges of byte tokens or of the unknown token');
  const addedTokens = normalizeAddedTokens(
    placeAddedTokens(readAddedTokens(root.added_tokens), ids),
    normalizer,
  );
  const inAdded = new Map(addedTokens.map((token) => [token.id, token]));
  const merged = new Set([...merges.pairs, ...merges.results]);
  const { tokens, rawTokens } = characterTokens(ids, size, {
    marksSpaces,
    byteTokens,
    isLeftOut: (id, text) =>
      inAdded.has(id) && !merged.has(id) && (inAdded.get(id)!.special !== false || [...text].length > 1),
  });
  const ignoreMerges = model.ignore_merges === true;
  // Merges go over characters that are left out.
  const leavesNoneOut = byteIds !== undefined || unknown !== undefined;
  const isCuttable = marksSpaces && !ignoreMerges && leavesNoneOut;
  const joins = isSplit ? new Uint8Array(256) : isCuttable ? joinsOfMerges(tokens, merges) : joinsOfAll;
  return new BpeTokenizer({
    preTokenizer: { json: (root.pre_tokenizer ?? null) as JsonValue, spacePrefix, ...spaceScanner(joins) },
    tokens,
    rawTokens,
    merges,
    ignoreMerges,
    addedTokens,
    normalizer,
    unknown,
    characters: { byteIds, byteTokens, marksSpaces, decoding, coding: characterCoding },
    isWordCharacter: (codePoint) => rustWord().has(codePoint),
  });
}

interface TokenReading {
  readonly marksSpaces: boolean;
  readonly byteTokens: ReadonlySet<number>;
  /** Tokens that are only found in a text as they stand. */
  readonly isLeftOut: (id: number, text: string) => boolean;
}

/** Tokens as the text they stand for. */
export function characterTokens(
  ids: Iterable<readonly [text: string, id: number]>,
  size: number,
  { marksSpaces, byteTokens, isLeftOut }: TokenReading,
): { tokens: TokenBytes; rawTokens: ReadonlySet<number> } {
  const tokens = new Array<Uint8Array | undefined>(size).fill(undefined);
  const rawTokens = new Set<number>();
  const encoder = new TextEncoder();
  for (const [text, id] of ids) {
    if (isLeftOut(id, text)) continue;
    const isByte = byteTokens.has(id);
    const hasSpace = marksSpaces && text.includes(' ');
    if (hasSpace && text.includes(spaceMark))
      throw unsupported(`a token with a space and ${spaceMark}, ${JSON.stringify(text.slice(0, 40))}`);
    if (isByte || hasSpace) rawTokens.add(id);
    if (isByte) tokens[id] = Uint8Array.of(byteOfToken(text)!);
    else tokens[id] = encoder.encode(marksSpaces ? text.replaceAll(spaceMark, ' ') : text);
  }
  return { tokens: tokenBytesOf(tokens), rawTokens };
}

function readUnknown(
  model: JsonObject,
  ids: ReadonlyMap<string, number>,
  hasBytes: boolean,
): UnknownToken | undefined {
  const text = model.unk_token;
  if (text === null || text === undefined) return undefined;
  const id = ids.get(stringAt(file, 'model.unk_token', text));
  if (id !== undefined) return { id, isFused: model.fuse_unk === true };
  if (hasBytes) return undefined;
  throw invalidFile(
    file,
    'model.unk_token',
    'is not in model.vocab, and neither is every character that it would stand for.',
  );
}
