/** The tokenizer of a GGUF file of the kind `llama`: SentencePiece's BPE with scores. */
import { BpeTokenizer } from '../bpe-tokenizer.js';
import { characterCoding } from '../encode/character-coding.js';
import { joinsOfTokens, spaceScanner } from '../pretokenize/space-scanner.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { byteTokensOf, spaceMark } from '../vocabulary/character-vocabulary.js';
import { type GgufTokenizer, invalidGguf, isControlToken, tokenType, unsupportedGguf } from './gguf-lists.js';
import { scoresOfMerges } from './merge-scores.js';
import { characterTokens } from './read-characters.js';
import { markingNormalizer } from './read-spaces.js';
import { textsOfTokens } from './token-texts.js';
import { lostFlag, unexportable } from './unexportable.js';

const format = "A GGUF file's tokenizer";

export function readScoredTokens(lists: GgufTokenizer): BpeTokenizer {
  const { tokens: texts, tokenTypes, scores, unknownId } = lists;
  if (scores?.length !== texts.length)
    throw invalidGguf(
      'tokenizer.ggml.scores',
      `must hold one for each of ${texts.length} tokens, and holds ${scores?.length ?? 'none'}.`,
    );
  const nan = scores.findIndex((score) => !Number.isFinite(score));
  if (nan >= 0) throw invalidGguf(`tokenizer.ggml.scores[${nan}]`, `is ${scores[nan]}.`);
  if (lists.removeExtraWhitespaces === true)
    throw unsupportedGguf('remove_extra_whitespaces, which llama.cpp does not do for the kind llama');
  const hasPrefix = lists.addSpacePrefix ?? true;
  const isControl = (id: number): boolean => isControlToken(lists, id);
  const ids = new Map<string, number>();
  for (const [id, text] of texts.entries()) if (text !== '' && !isControl(id)) ids.set(text, id);
  if (!ids.has(spaceMark)) throw unsupportedGguf(`a vocabulary of the kind llama without ${spaceMark}`);
  const byteIds = byteTokensOf(ids, 'The GGUF file');
  const byteTokens = new Set(byteIds?.filter((id) => id >= 0));
  const unknown = unknownId ?? tokenTypes.indexOf(tokenType.unknown);
  if (unknown < 0 && byteIds === undefined) throw unsupportedGguf('neither byte tokens nor an unknown token');
  const { tokens, rawTokens } = characterTokens(ids, texts.length, {
    marksSpaces: true,
    byteTokens,
    isLeftOut: () => false,
  });
  const replace = { type: 'Replace', pattern: { String: spaceMark }, content: ' ' };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  const decoders = [replace, { type: 'ByteFallback' }, { type: 'Fuse' }, ...(hasPrefix ? [strip] : [])];
  return new BpeTokenizer({
    preTokenizer: { json: null, ...spaceScanner(joinsOfTokens(tokens)) },
    tokens,
    rawTokens,
    addedTokens: Array.from(texts.entries()).flatMap(([id, content]): AddedToken[] =>
      content !== '' && (isControl(id) || tokenTypes[id] === tokenType.userDefined)
        ? [{ id, content, special: isControl(id) }]
        : [],
    ),
    normalizer: markingNormalizer(hasPrefix),
    unknown: unknown < 0 ? undefined : { id: unknown, isFused: true },
    characters: {
      byteIds,
      byteTokens,
      scores: Float32Array.from(scores),
      marksSpaces: true,
      coding: characterCoding,
      decoding: {
        hasByteFallback: true,
        strippedSpaces: hasPrefix ? 1 : 0,
        stripsFirstToken: false,
        json: { type: 'Sequence', decoders },
      },
    },
  });
}

export function writeScoredTokens(tokenizer: BpeTokenizer): GgufTokenizer {
  const { definition } = tokenizer;
  const { normalizer, preTokenizer, ignoreMerges, addedTokens = [], unknown, tokens } = definition;
  const characters = definition.characters!;
  const crossesSpaces = joinsOfTokens(tokens).some((joins) => joins === 1);
  const metaspace = preTokenizer.json as { readonly type?: string; readonly split?: boolean } | null;
  const lost =
    (!characters.marksSpaces && `spaces that are not written ${spaceMark}`) ||
    (normalizer !== undefined &&
      normalizer.isMarkOnly !== true &&
      `the normalizer ${JSON.stringify(normalizer.json).slice(0, 80)}`) ||
    (preTokenizer.spacePrefix !== undefined &&
      `a space put before a text that has none (Metaspace ${preTokenizer.spacePrefix})`) ||
    (metaspace?.type === 'Metaspace' &&
      metaspace.split !== false &&
      crossesSpaces &&
      'tokens across spaces that are never made') ||
    (ignoreMerges === true && 'ignore_merges') ||
    (characters.byteIds === undefined && 'a vocabulary without byte tokens') ||
    lostFlag(addedTokens);
  if (typeof lost === 'string') throw unexportable(format, lost);
  const ordinary = textsOfTokens(definition);
  const added = new Map(addedTokens.map((token) => [token.id, token]));
  const scores = characters.scores ?? scoresOfMerges(tokenizer);
  const texts = Array.from(
    { length: tokenizer.vocabularySize },
    (_, id) => added.get(id)?.content ?? (ordinary[id] || `[unused${id}]`),
  );
  return {
    model: 'llama',
    pre: 'default',
    tokens: texts,
    tokenTypes: texts.map((_, id) => {
      if (id === unknown?.id) return tokenType.unknown;
      const token = added.get(id);
      if (token !== undefined) return token.special === false ? tokenType.userDefined : tokenType.control;
      if (characters.byteTokens.has(id)) return tokenType.byte;
      return (ordinary[id] ?? '') === '' ? tokenType.unused : tokenType.normal;
    }),
    merges: [],
    scores: Array.from(texts, (_, id) => scores[id] ?? 0),
    addSpacePrefix: normalizer?.prefix !== undefined,
    unknownId: unknown?.id,
  };
}
