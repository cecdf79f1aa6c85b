/**
 * Where a `tokenizer.json` of SentencePiece's kind says how spaces are treated: Prepend and Replace at the
 * end of its normalizer, or Metaspace as its pre-tokenizer.
 */
import type { JsonValue } from '@llm/core';
import type { Normalizer } from '../pretokenize/normalizer.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { spaceMark } from '../vocabulary/character-vocabulary.js';
import { invalidFile, isObject, type JsonObject } from './json-reading.js';
import { normalizerOf } from './read-normalizer.js';
import { flatten, unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';

export interface SpaceReading {
  /** Spaces are written `▁` in the vocabulary. */
  readonly marksSpaces: boolean;
  /** Leaves spaces as they are where they are marked. */
  readonly normalizer: Normalizer | undefined;
  readonly spacePrefix: PreTokenizer['spacePrefix'];
  /** Every space begins a piece. */
  readonly isSplit: boolean;
}

export function readSpaces(normalizer: unknown, preTokenizer: unknown): SpaceReading {
  const steps =
    normalizer === null || normalizer === undefined ? [] : flatten('normalizer', 'normalizers', normalizer);
  const cuts =
    preTokenizer === null || preTokenizer === undefined
      ? []
      : flatten('pre_tokenizer', 'pretokenizers', preTokenizer);
  const replaces = steps.some(({ step }) => isReplace(step));
  const metaspaces = cuts.filter(({ step }) => step.type === 'Metaspace');
  for (const { step } of cuts)
    if (step.type !== 'Metaspace' && !(replaces && isSplitAtSpaces(step)))
      throw unsupported(`the pre-tokenizer ${String(step.type)} without ByteLevel`);
  if (metaspaces.length > 1) throw unsupported('more than one Metaspace');
  const metaspace = metaspaces[0] && readMetaspace(metaspaces[0].step, metaspaces[0].where);
  const marksSpaces = replaces || metaspace !== undefined;
  const isMark = ({ step }: { step: JsonObject }): boolean => isReplace(step) || isPrepend(step);
  const plain = marksSpaces ? steps.slice(0, steps.findLastIndex((step) => !isMark(step)) + 1) : steps;
  const marks = steps.slice(plain.length);
  const prepends = marks.filter(({ step }) => isPrepend(step)).length;
  if (marksSpaces && plain.some(isMark))
    throw unsupported(
      `the normalizer ${String(plain.at(-1)?.step.type)} after spaces are written ${spaceMark}`,
    );
  const shifting = plain.find(({ step }) =>
    ['Strip', 'StripAccents', 'Replace', 'Prepend'].includes(String(step.type)),
  );
  if (metaspace?.prefix === 'first' && shifting !== undefined)
    throw unsupported(
      `Metaspace for the beginning of a text after the normalizer ${String(shifting.step.type)}`,
    );
  if (prepends > 1) throw unsupported('more than one Prepend');
  const json = normalizer as JsonValue;
  return {
    marksSpaces,
    normalizer:
      steps.length === 0
        ? undefined
        : {
            ...spaceNormalizer(normalizerOf(plain, json), replaces, prepends > 0),
            isMarkOnly: plain.length === 0,
          },
    spacePrefix: metaspace?.prefix,
    isSplit: metaspace?.isSplit ?? false,
  };
}

/** `▁` becomes a space as every `▁` of the vocabulary is read; the space put before is not normalized. */
export function spaceNormalizer(before: Normalizer, marksSpaces: boolean, hasPrefix: boolean): Normalizer {
  return {
    normalize: (text) => {
      const normalized = before.normalize(text);
      return marksSpaces ? normalized.replaceAll(spaceMark, ' ') : normalized;
    },
    prefix: hasPrefix ? ' ' : undefined,
    marksSpaces,
    json: before.json,
  };
}

function isReplace(step: JsonObject): boolean {
  return (
    step.type === 'Replace' &&
    isObject(step.pattern) &&
    step.pattern.String === ' ' &&
    step.content === spaceMark
  );
}

function isPrepend(step: JsonObject): boolean {
  return step.type === 'Prepend' && (step.prepend === spaceMark || step.prepend === ' ');
}

/** It finds no spaces, since they are written otherwise. */
function isSplitAtSpaces(step: JsonObject): boolean {
  return (
    step.type === 'Split' && isObject(step.pattern) && step.pattern.String === ' ' && step.invert !== true
  );
}

/** Prepend, if a space is put before a text, and Replace: what llama.cpp does. */
export function markingNormalizer(hasPrefix: boolean): Normalizer {
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: spaceMark };
  const steps = [{ type: 'Prepend', prepend: spaceMark }, replace];
  const json = hasPrefix ? { type: 'Sequence', normalizers: steps } : replace;
  return { ...spaceNormalizer({ normalize: (text) => text, json }, true, hasPrefix), isMarkOnly: true };
}

export function readMetaspace(
  step: JsonObject,
  where: string,
): { prefix: PreTokenizer['spacePrefix']; isSplit: boolean } {
  if (step.replacement !== spaceMark)
    throw unsupported(`Metaspace with ${JSON.stringify(step.replacement)?.slice(0, 40)} for spaces`);
  const scheme = step.prepend_scheme ?? 'always';
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never')
    throw invalidFile(file, `${where}.prepend_scheme`, 'must be always, first or never.');
  if (step.add_prefix_space === false && scheme !== 'never')
    throw invalidFile(file, `${where}.add_prefix_space`, `is false beside the prepend_scheme ${scheme}.`);
  return {
    prefix: scheme === 'always' ? 'every' : scheme === 'first' ? 'first' : undefined,
    isSplit: step.split !== false,
  };
}
