/**
 * Between a list of merges and scores: the two ways to say in which order a BPE of characters merges. Scores
 * allow every pair whose text is a token; a list names pairs, in an order of its own. Where one cannot say
 * what the other does it is refused.
 */
import { BpeTokenizer } from '../bpe-tokenizer.js';
import type { AddedToken } from '../vocabulary/added-token.js';
import { spaceMark } from '../vocabulary/character-vocabulary.js';
import type { MergeList } from '../vocabulary/merge-list.js';
import { textsOfTokens } from './token-texts.js';
import { unexportable } from './unexportable.js';

const listFormat = 'tokenizer.json';
const scoreFormat = "A GGUF file's tokenizer of the kind llama";
/** Characters of the texts that both orders are tried on. */
const longestTrial = 120;

interface Split {
  /** Ids, -1 for a character without a token. */
  readonly left: number;
  readonly right: number;
  /** Characters of the left part. */
  readonly length: number;
}

/** The merges that do what scores do. Throws `tokenizer/export-unsupported`. */
export function mergesOfScores(tokenizer: BpeTokenizer): MergeList {
  const { characters } = tokenizer.definition;
  const scores = characters!.scores!;
  const splits = splitsOfTokens(tokenizer);
  const results = [...splits.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const pairs: number[] = [];
  const made: number[] = [];
  for (const [place, id] of results.entries()) {
    if (place > 0 && scores[id] === scores[results[place - 1]!])
      throw unexportable(listFormat, `the tokens ${results[place - 1]} and ${id} of one score`);
    for (const { left, right } of splits.get(id)!) {
      if (left < 0 || right < 0)
        throw unexportable(listFormat, `the token ${id}, which has a character without a token`);
      pairs.push(left, right);
      made.push(id);
    }
  }
  const merges = { pairs: Int32Array.from(pairs), results: Int32Array.from(made) };
  const { scores: _, ...rest } = characters!;
  const other = new BpeTokenizer({ ...tokenizer.definition, merges, characters: rest });
  checkTrials(tokenizer, other, splits, listFormat);
  return merges;
}

/** The scores that do what a list of merges does. Throws `tokenizer/export-unsupported`. */
export function scoresOfMerges(tokenizer: BpeTokenizer): Float32Array {
  const { merges, characters, tokens } = tokenizer.definition;
  const { pairs, results } = merges!;
  const splits = splitsOfTokens(tokenizer);
  const listed = new Map<number, number>();
  const scores = new Float32Array(tokens.offsets.length - 1);
  let places = 0;
  for (let i = 0; i < results.length; i++) {
    const id = results[i]!;
    const isNew = !listed.has(id);
    if (!isNew && results[i - 1] !== id)
      throw unexportable(scoreFormat, `the merges of the token ${id} that do not follow each other`);
    if (isNew) scores[id] = -places++;
    listed.set(id, (listed.get(id) ?? 0) + 1);
  }
  const seen = new Set<number>();
  for (let i = 0; i < pairs.length; i += 2) seen.add(pairs[i]! * 4194304 + pairs[i + 1]!);
  for (const [id, parts] of splits)
    for (const { left, right } of parts)
      if (left < 0 || right < 0 || !seen.has(left * 4194304 + right))
        throw unexportable(
          scoreFormat,
          `the token ${id}, which not all pairs that have its text may merge to`,
        );
  // What no merge makes comes last, as a single character.
  for (let id = 0; id < scores.length; id++) if (!listed.has(id)) scores[id] = -places;
  const other = new BpeTokenizer({
    ...tokenizer.definition,
    merges: undefined,
    characters: { ...characters!, scores },
  });
  checkTrials(tokenizer, other, splits, scoreFormat);
  return scores;
}

/**
 * Of every token of several characters, the pairs of tokens or characters that have its text. An added token
 * that is found in the text before it is cut is never merged.
 */
function splitsOfTokens(tokenizer: BpeTokenizer): Map<number, Split[]> {
  const { rawTokens, addedTokens = [] } = tokenizer.definition;
  const isFound = ({ content, special, normalizedContent, singleWord }: AddedToken): boolean =>
    special === false &&
    normalizedContent === undefined &&
    singleWord !== true &&
    !content.includes(spaceMark);
  const found = new Set(addedTokens.filter(isFound).map(({ id }) => id));
  const texts = textsOfTokens(tokenizer.definition);
  const idOf = new Map<string, number>();
  for (const [id, text] of texts.entries()) if (text !== '' && !rawTokens?.has(id)) idOf.set(text, id);
  const splits = new Map<number, Split[]>();
  for (const [text, id] of idOf) {
    if (found.has(id)) continue;
    const characters = Array.from(text);
    const parts: Split[] = [];
    for (
      let length = 1, at = characters[0]!.length;
      length < characters.length;
      at += characters[length++]!.length
    ) {
      const left = idOf.get(text.slice(0, at)) ?? -1;
      const right = idOf.get(text.slice(at)) ?? -1;
      if ((left >= 0 || length === 1) && (right >= 0 || length === characters.length - 1))
        parts.push({ left, right, length });
    }
    if (parts.length > 0) splits.set(id, parts);
  }
  return splits;
}

/**
 * Two pairs that overlap and make the same token are taken from the left by scores and by rank in a list:
 * such tokens repeat a text, and both are tried on repeats of it.
 */
function checkTrials(
  tokenizer: BpeTokenizer,
  other: BpeTokenizer,
  splits: ReadonlyMap<number, readonly Split[]>,
  format: string,
): void {
  const texts = textsOfTokens(tokenizer.definition);
  for (const [id, parts] of splits) {
    const characters = Array.from(texts[id]!);
    const lengths = new Set(parts.map(({ length }) => length));
    for (const length of lengths) {
      if (!lengths.has(characters.length - length) || !repeats(characters, length)) continue;
      const unit = characters.slice(0, length).join('');
      for (let text = unit; text.length <= Math.max(longestTrial, characters.length * 3); text += unit) {
        const ids = tokenizer.encode(text, { after: 'text', allowAdded: false });
        const others = other.encode(text, { after: 'text', allowAdded: false });
        if (ids.join() !== others.join())
          throw unexportable(
            format,
            `the order of the merges of ${JSON.stringify(texts[id])} in ${JSON.stringify(text)}`,
          );
      }
      break;
    }
  }
}

function repeats(characters: readonly string[], length: number): boolean {
  return characters.every((character, i) => i < length || character === characters[i - length]);
}
