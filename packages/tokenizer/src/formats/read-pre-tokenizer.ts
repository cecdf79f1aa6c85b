/**
 * `pre_tokenizer` of a byte-level `tokenizer.json`: any sequence of Split, Digits and Punctuation that ends in ByteLevel. The usual ones
 * get a scanner; others are split step by step with regular expressions, exactly and more slowly.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { scanGpt2Digits } from '../pretokenize/gpt2-digits-scanner.js';
import { findPattern, gpt2 } from '../pretokenize/patterns.js';
import type { Scanner } from '../pretokenize/scan-runs.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { translatePattern } from '../pretokenize/translate-pattern.js';
import { arrayAt, invalidFile, isObject, type JsonObject, objectAt, stringAt } from './json-reading.js';

const file = 'tokenizer.json';

/** A `tokenizer/model-unsupported` error. */
export function unsupported(what: string): LlmError {
  return new LlmError({
    code: 'tokenizer/model-unsupported',
    message: `${file} has ${what}, which this package does not encode; it reads byte-level BPE.`,
    details: { what },
  });
}

type Visit = (start: number, end: number) => void;
/** Cuts text [start, end) further. */
type Step = (text: string, visit: Visit) => void;

export function readPreTokenizer(value: unknown): PreTokenizer {
  const path = 'pre_tokenizer';
  if (value === null || value === undefined) throw unsupported('no pre_tokenizer (not byte-level)');
  const steps = (
    isObject(value) && value.type === 'Sequence'
      ? arrayAt(file, `${path}.pretokenizers`, value.pretokenizers)
      : [value]
  ).map((step, i) => objectAt(file, `${path}.pretokenizers[${i}]`, step));
  const last = steps.at(-1);
  if (last?.type !== 'ByteLevel') {
    throw unsupported(`the pre-tokenizer ${String(last?.type)} at the end instead of ByteLevel`);
  }
  const before = steps.slice(0, -1);
  const addPrefixSpace = last.add_prefix_space === true;
  if (addPrefixSpace && before.length > 0) throw unsupported('add_prefix_space after another pre-tokenizer');
  const usesPattern = last.use_regex !== false;
  const description = { json: value as JsonValue, addPrefixSpace };
  const scanner = findScanner(before, usesPattern);
  if (scanner !== undefined) return { ...description, scanner };
  const chain: Step[] = [
    ...before.map((step, i) => readStep(step, `${path}.pretokenizers[${i}]`)),
    ...(usesPattern ? [splitStep(translatePattern(gpt2.source), 'Isolated', false)] : []),
  ];
  return { ...description, split: (text, visit) => runSteps(chain, 0, text, 0, visit) };
}

function findScanner(before: readonly JsonObject[], usesPattern: boolean): Scanner | undefined {
  const [first] = before;
  if (first === undefined) return usesPattern ? gpt2.scanner : undefined;
  if (before.length > 1) return undefined;
  if (first.type === 'Digits' && first.individual_digits === true && usesPattern) return scanGpt2Digits;
  if (first.type !== 'Split' || usesPattern) return undefined;
  // The known patterns match all text, so that keeping matches and removing the rest is the same as isolating.
  const keepsAll =
    (first.behavior === 'Isolated' && first.invert !== true) ||
    (first.behavior === 'Removed' && first.invert === true);
  const pattern = isObject(first.pattern) ? first.pattern.Regex : undefined;
  return keepsAll && typeof pattern === 'string' ? findPattern(oneMeaning(pattern))?.scanner : undefined;
}

/** `{1,3}+` repeats the group in Oniguruma, which reads these files elsewhere, and is possessive in tiktoken's engine. */
function oneMeaning(pattern: string): string {
  if (/\{\d+(?:,\d*)?\}\+/.test(pattern))
    throw unsupported(`the pattern ${JSON.stringify(pattern)} with {…}+`);
  return pattern;
}

function runSteps(steps: readonly Step[], index: number, text: string, offset: number, visit: Visit): void {
  const step = steps[index];
  if (step === undefined) {
    if (text !== '') visit(offset, offset + text.length);
    return;
  }
  step(text, (start, end) => runSteps(steps, index + 1, text.slice(start, end), offset + start, visit));
}

function readStep(step: JsonObject, where: string): Step {
  if (step.type === 'Digits') {
    return splitStep(step.individual_digits === true ? /\p{N}/gu : /\p{N}+/gu, 'Isolated', false);
  }
  if (step.type === 'Punctuation') {
    const behavior =
      step.behavior === undefined ? 'Isolated' : stringAt(file, `${where}.behavior`, step.behavior);
    return splitStep(/[!-/:-@[-`{-~]|\p{P}/gu, behavior, false);
  }
  if (step.type !== 'Split') throw unsupported(`the pre-tokenizer ${String(step.type)}`);
  const pattern = objectAt(file, `${where}.pattern`, step.pattern);
  const regExp =
    pattern.Regex === undefined
      ? new RegExp(
          stringAt(file, `${where}.pattern.String`, pattern.String).replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&'),
          'gu',
        )
      : translatePattern(oneMeaning(stringAt(file, `${where}.pattern.Regex`, pattern.Regex)));
  return splitStep(regExp, stringAt(file, `${where}.behavior`, step.behavior), step.invert === true);
}

/** Hugging Face's `SplitDelimiterBehavior`. */
function splitStep(pattern: RegExp, behavior: string, invert: boolean): Step {
  if (!['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'].includes(behavior)) {
    throw invalidFile(file, 'pre_tokenizer', `has a Split with the unknown behavior "${behavior}".`);
  }
  return (text, visit) => {
    const parts: { start: number; end: number; isMatch: boolean }[] = [];
    const add = (start: number, end: number, isMatch: boolean): void => {
      if (end > start) parts.push({ start, end, isMatch: isMatch !== invert });
    };
    let last = 0;
    for (const match of text.matchAll(pattern)) {
      if (match[0] === '') continue;
      add(last, match.index, false);
      last = match.index + match[0].length;
      add(match.index, last, true);
    }
    add(last, text.length, false);
    if (behavior === 'MergedWithNext') {
      for (let i = parts.length - 2; i >= 0; i--) {
        if (!parts[i]!.isMatch || parts[i + 1]!.isMatch) continue;
        parts[i]!.end = parts[i + 1]!.end;
        parts.splice(i + 1, 1);
      }
    }
    for (let i = 0; i < parts.length; i++) {
      const { start, isMatch } = parts[i]!;
      let { end } = parts[i]!;
      if (behavior === 'Removed' && isMatch) continue;
      if (behavior === 'Contiguous') while (parts[i + 1]?.isMatch === isMatch) end = parts[++i]!.end;
      if (behavior === 'MergedWithPrevious' && !isMatch && parts[i + 1]?.isMatch) end = parts[++i]!.end;
      visit(start, end);
    }
  };
}
