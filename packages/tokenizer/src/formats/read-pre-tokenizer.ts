/**
 * `pre_tokenizer` of a byte-level `tokenizer.json`: any sequence of Split, Digits and Punctuation that ends
 * in ByteLevel. The usual ones get a scanner; others are split step by step, exactly and more slowly.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { compilePattern, findSet, findText } from '../oniguruma/compile-pattern.js';
import { rustNumeric, rustPunctuation } from '../oniguruma/unicode-sets.js';
import { scanGpt2Digits } from '../pretokenize/gpt2-digits-scanner.js';
import { findPattern, gpt2 } from '../pretokenize/patterns.js';
import type { Scanner } from '../pretokenize/scan-runs.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import {
  type SplitBehavior,
  type SplitText,
  splitBehaviors,
  splitInSteps,
  splitText,
} from '../pretokenize/split-text.js';
import { arrayAt, invalidFile, isObject, type JsonObject, objectAt, stringAt } from './json-reading.js';

const file = 'tokenizer.json';

/** A `tokenizer/model-unsupported` error. */
export function unsupported(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `${file} has ${what}, which this package does not encode; it reads byte-level and SentencePiece BPE.`,
    details: { what },
  });
}

/** Steps of a sequence at most. */
const mostSteps = 200;

/** Whether tokens are made of bytes. */
export function endsInByteLevel(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return flatten('pre_tokenizer', 'pretokenizers', value).at(-1)?.step.type === 'ByteLevel';
}

/** Of a pre-tokenizer that ends in ByteLevel. */
export function readPreTokenizer(value: unknown): PreTokenizer {
  const steps = flatten('pre_tokenizer', 'pretokenizers', value);
  const last = steps.at(-1)!.step;
  const before = steps.slice(0, -1);
  const addPrefixSpace = last.add_prefix_space === true;
  if (addPrefixSpace && before.length > 0) throw unsupported('add_prefix_space after another pre-tokenizer');
  const usesPattern = last.use_regex !== false;
  const description = {
    json: value as JsonValue,
    spacePrefix: addPrefixSpace ? ('every' as const) : undefined,
  };
  const scanner = findScanner(
    before.map(({ step }) => step),
    usesPattern,
  );
  if (scanner !== undefined) return { ...description, scanner };
  const chain = before.map(({ step, where }) => readStep(step, where));
  if (usesPattern) chain.push(splitText(compilePattern(gpt2.source), 'Isolated', false));
  return { ...description, split: splitInSteps(chain) };
}

export interface FlatStep {
  readonly step: JsonObject;
  readonly where: string;
}

/** The steps of sequences inside sequences, one after the other. */
export function flatten(path: string, key: string, value: unknown): FlatStep[] {
  const flat: FlatStep[] = [];
  const waiting: { value: unknown; where: string }[] = [{ value, where: path }];
  for (let seen = 0; waiting.length > 0; seen++) {
    const { value: next, where } = waiting.pop()!;
    const step = objectAt(file, where, next);
    if (seen > mostSteps * 2 || flat.length > mostSteps)
      throw invalidFile(file, path, `has more than ${mostSteps} steps.`);
    if (step.type !== 'Sequence') {
      flat.push({ step, where });
      continue;
    }
    const inner = arrayAt(file, `${where}.${key}`, step[key]);
    if (inner.length > mostSteps) throw invalidFile(file, where, `has more than ${mostSteps} steps.`);
    for (let i = inner.length - 1; i >= 0; i--)
      waiting.push({ value: inner[i], where: `${where}.${key}[${i}]` });
  }
  return flat;
}

function findScanner(before: readonly JsonObject[], usesPattern: boolean): Scanner | undefined {
  const [first] = before;
  if (first === undefined) return usesPattern ? gpt2.scanner : undefined;
  if (before.length > 1) return undefined;
  if (first.type === 'Digits' && first.individual_digits === true && usesPattern) return scanGpt2Digits;
  if (first.type !== 'Split' || usesPattern) return undefined;
  // The known patterns match all text, so that keeping matches and removing the rest is the same as
  // isolating.
  const keepsAll =
    (first.behavior === 'Isolated' && first.invert !== true) ||
    (first.behavior === 'Removed' && first.invert === true);
  const pattern = isObject(first.pattern) ? first.pattern.Regex : undefined;
  return keepsAll && typeof pattern === 'string' ? findPattern(oneMeaning(pattern))?.scanner : undefined;
}

/**
 * `{1,3}+` repeats the group in Oniguruma, which reads these files elsewhere, and is possessive in tiktoken's
 * engine.
 */
function oneMeaning(pattern: string): string {
  if (/\{\d+(?:,\d*)?\}\+/.test(pattern))
    throw unsupported(`the pattern ${JSON.stringify(pattern)} with {…}+`);
  return pattern;
}

function readStep(step: JsonObject, where: string): SplitText {
  if (step.type === 'Digits') {
    const behavior = step.individual_digits === true ? 'Isolated' : 'Contiguous';
    return splitText(findSet(rustNumeric()), behavior, false);
  }
  if (step.type === 'Punctuation') {
    return splitText(findSet(rustPunctuation()), behaviorAt(where, step.behavior ?? 'Isolated'), false);
  }
  if (step.type !== 'Split') throw unsupported(`the pre-tokenizer ${String(step.type)}`);
  const pattern = objectAt(file, `${where}.pattern`, step.pattern);
  const find =
    pattern.Regex === undefined
      ? findText(stringAt(file, `${where}.pattern.String`, pattern.String))
      : compilePattern(oneMeaning(stringAt(file, `${where}.pattern.Regex`, pattern.Regex)));
  return splitText(find, behaviorAt(where, step.behavior), step.invert === true);
}

function behaviorAt(where: string, value: unknown): SplitBehavior {
  const behavior = stringAt(file, `${where}.behavior`, value);
  const known = splitBehaviors.find((name) => name === behavior);
  if (known === undefined)
    throw invalidFile(file, where, `has the unknown behavior ${JSON.stringify(behavior.slice(0, 40))}.`);
  return known;
}
