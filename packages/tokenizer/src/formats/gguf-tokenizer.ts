/** Tokenizers from and to llama.cpp's lists: byte-level BPE (`gpt2`), SentencePiece's (`llama`, `gemma4`). */
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { recoverMerges } from '../merging/recover-merges.js';
import { scanGpt2Digits } from '../pretokenize/gpt2-digits-scanner.js';
import { patterns } from '../pretokenize/patterns.js';
import { spaceMark } from '../vocabulary/character-vocabulary.js';
import { readScoredTokens, writeScoredTokens } from './gguf-characters.js';
import { checkLists, type GgufTokenizer, isControlToken, tokenType, unsupportedGguf } from './gguf-lists.js';
import { findGgufPattern, ggufPatternName, ggufPatternNames, preTokenizerOf } from './gguf-patterns.js';
import { markingNormalizer } from './read-spaces.js';
import { readTokenizer } from './read-tokenizer-json.js';
import { textsOfTokens } from './token-texts.js';
import { lostFlag, lostInPlainFormats, unexportable } from './unexportable.js';

export type { GgufTokenizer } from './gguf-lists.js';

/** The name that is written. llama.cpp's own `gpt-4o` leaves combining marks out of words. */
const preOf = {
  'gpt-2': patterns.gpt2,
  'llama-bpe': patterns.llama3,
  'granite-embed-multi-97m': patterns.o200k,
  qwen2: patterns.singleDigits,
  smollm: { scanner: scanGpt2Digits },
} as const;

/**
 * Throws `tokenizer/model-unsupported` when llama.cpp has no name for the pattern, and
 * `tokenizer/export-unsupported` for what it does not do: normalizers, a space before the text other than its
 * own, flags of added tokens, orders of merging that scores cannot say.
 */
export function toGgufTokenizer(tokenizer: BpeTokenizer): GgufTokenizer {
  if (tokenizer.definition.characters !== undefined) return writeScoredTokens(tokenizer);
  const { tokens, preTokenizer, addedTokens = [], merges, ignoreMerges } = tokenizer.definition;
  const lost = lostInPlainFormats(tokenizer) ?? lostFlag(addedTokens);
  if (lost !== undefined) throw unexportable("A GGUF file's tokenizer", lost);
  const pre =
    Object.entries(preOf).find(([, { scanner }]) => scanner === preTokenizer.scanner)?.[0] ??
    ggufPatternName(preTokenizer.json, ignoreMerges === true);
  if (pre === undefined) {
    throw unsupportedGguf(
      'a pattern that llama.cpp has no name for; train with gpt2, llama3, o200k or singleDigits',
    );
  }
  const added = new Map(addedTokens.map((token) => [token.id, token]));
  const ordinary = textsOfTokens(tokenizer.definition);
  const texts = Array.from(
    { length: tokenizer.vocabularySize },
    (_, id) => (added.get(id)?.content ?? ordinary[id]) || `[unused${id}]`,
  );
  const idOf = new Map<string, number>();
  for (const [id, text] of texts.entries()) {
    const other = idOf.get(text);
    if (other !== undefined)
      throw unexportable(
        "A GGUF file's tokenizer",
        `the ids ${other} and ${id} of one text, ${JSON.stringify(text)}`,
      );
    idOf.set(text, id);
  }
  const { pairs } = merges ?? recoverMerges(tokens);
  return {
    model: 'gpt2',
    pre,
    tokens: texts,
    tokenTypes: texts.map((text, id) => {
      const token = added.get(id);
      if (token !== undefined) return token.special === false ? tokenType.userDefined : tokenType.control;
      return text === `[unused${id}]` ? tokenType.unused : tokenType.normal;
    }),
    merges: Array.from(
      { length: pairs.length / 2 },
      (_, i) => `${texts[pairs[i * 2]!]} ${texts[pairs[i * 2 + 1]!]}`,
    ),
  };
}

/**
 * Throws `tokenizer/model-unsupported` for another model or pattern, with those that are known, and
 * `tokenizer/file-invalid` for lists that do not fit.
 */
export function fromGgufTokenizer(lists: GgufTokenizer): BpeTokenizer {
  const { model, pre } = lists;
  if (model !== 'gpt2' && model !== 'llama' && model !== 'gemma4')
    throw unsupportedGguf(`the model ${JSON.stringify(model)}; gpt2, llama and gemma4 are read`);
  checkLists(lists);
  if (model === 'llama') return readScoredTokens(lists);
  if (model === 'gemma4' || pre === 'gemma4' || pre === 'sarvam-moe') return readMergedCharacters(lists);
  const pattern = findGgufPattern(pre);
  if (pattern === undefined)
    throw unsupportedGguf(
      `the pre-tokenizer ${JSON.stringify(pre)}; known are ${ggufPatternNames().join(', ')}`,
    );
  return readTokenizer({
    ...commonParts(lists),
    pre_tokenizer: preTokenizerOf(pattern),
    model: {
      type: 'BPE',
      ignore_merges: pattern.ignoreMerges === true,
      vocab: vocabularyOf(lists),
      merges: lists.merges,
    },
  });
}

/** Gemma 4 and the like: SentencePiece's BPE with a list of merges. */
function readMergedCharacters(lists: GgufTokenizer): BpeTokenizer {
  const replace = { type: 'Replace', pattern: { String: spaceMark }, content: ' ' };
  return readTokenizer({
    ...commonParts(lists),
    normalizer: markingNormalizer(false).json,
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders: [replace, { type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: {
      type: 'BPE',
      byte_fallback: true,
      vocab: vocabularyOf(lists),
      // A token may begin with a space.
      merges: lists.merges.map((merge) => {
        const space = merge.indexOf(' ', 1);
        return [merge.slice(0, space), merge.slice(space + 1)];
      }),
    },
  });
}

function commonParts(lists: GgufTokenizer): Readonly<Record<string, unknown>> {
  return {
    added_tokens: lists.tokens.flatMap((content, id) => {
      const special = isControlToken(lists, id);
      return special || lists.tokenTypes[id] === tokenType.userDefined ? [{ content, id, special }] : [];
    }),
  };
}

function vocabularyOf(lists: GgufTokenizer): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const [id, text] of lists.tokens.entries())
    if (text !== '' && lists.tokenTypes[id] !== tokenType.unused && !isControlToken(lists, id))
      ids.set(text, id);
  return ids;
}
