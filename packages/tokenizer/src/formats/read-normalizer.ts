/** `normalizer` of a `tokenizer.json`: the Unicode forms and the simple steps that byte-level models use. */
import { type JsonValue, LlmError } from '@llm/core';
import { compilePattern, type FindMatches, findText } from '../oniguruma/compile-pattern.js';
import { rustAccents } from '../oniguruma/unicode-sets.js';
import type { Normalizer } from '../pretokenize/normalizer.js';
import { invalidFile, type JsonObject, objectAt, stringAt } from './json-reading.js';
import { type FlatStep, flatten, unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';
/** How many times longer all Replace steps together may make a text. */
const mostGrowth = 4096;
/** UTF-16 units that a normalized text may have. */
const longestText = 1 << 28;

interface Step {
  readonly normalize: (text: string) => string;
  /** Times a text can become longer. */
  readonly growth: number;
}

export function readNormalizer(value: unknown): Normalizer | undefined {
  if (value === null || value === undefined) return undefined;
  return normalizerOf(flatten('normalizer', 'normalizers', value), value as JsonValue);
}

export function normalizerOf(flat: readonly FlatStep[], json: JsonValue): Normalizer {
  const steps = flat.map(({ step, where }) => readStep(step, where));
  const growth = steps.reduce((product, step) => product * step.growth, 1);
  if (growth > mostGrowth)
    throw invalidFile(
      file,
      'normalizer',
      `can make a text ${growth.toPrecision(3)} times longer, more than ${mostGrowth}.`,
    );
  return {
    normalize: (text) => steps.reduce((normalized, { normalize }) => normalize(normalized), text),
    json,
  };
}

function readStep(step: JsonObject, where: string): Step {
  switch (step.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step.type;
      return { normalize: (text) => text.normalize(form), growth: 1 };
    }
    case 'Lowercase':
      // Letter by letter, as Rust: a sigma at the end of a word is a sigma like any other.
      return { normalize: (text) => (text.includes('Σ') ? lowercase(text) : text.toLowerCase()), growth: 1 };
    case 'Strip': {
      const { strip_left: left, strip_right: right } = step;
      return { normalize: (text) => stripped(text, left === true, right === true), growth: 1 };
    }
    case 'StripAccents': {
      const accents = rustAccents();
      return { normalize: (text) => removed(text, (codePoint) => accents.has(codePoint)), growth: 1 };
    }
    case 'Prepend': {
      const prefix = stringAt(file, `${where}.prepend`, step.prepend);
      return { normalize: (text) => (text === '' ? '' : prefix + text), growth: 1 };
    }
    case 'Replace': {
      const pattern = objectAt(file, `${where}.pattern`, step.pattern);
      const isText = pattern.Regex === undefined;
      const from = isText
        ? stringAt(file, `${where}.pattern.String`, pattern.String)
        : stringAt(file, `${where}.pattern.Regex`, pattern.Regex);
      const to = stringAt(file, `${where}.content`, step.content);
      const growth = isText && from !== '' ? Math.max(1, to.length / from.length) : 1 + to.length;
      const find = isText ? findText(from) : compilePattern(from);
      return { normalize: (text) => replaced(find, text, to), growth };
    }
    default:
      throw unsupported(`the normalizer ${String(step.type)}`);
  }
}

function lowercase(text: string): string {
  let lower = '';
  for (const character of text) lower += character.toLowerCase();
  return lower;
}

function stripped(text: string, left: boolean, right: boolean): string {
  const isSpace = (unit: number): boolean => /\p{White_Space}/u.test(text[unit]!);
  let start = 0;
  let end = text.length;
  while (left && start < end && isSpace(start)) start++;
  while (right && end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}

function removed(text: string, isLeftOut: (codePoint: number) => boolean): string {
  let kept = '';
  for (const character of text) if (!isLeftOut(character.codePointAt(0)!)) kept += character;
  return kept;
}

function replaced(find: FindMatches, text: string, to: string): string {
  if (text === '') return '';
  const parts: string[] = [];
  let last = 0;
  let length = 0;
  find(text, (start, end) => {
    length += start - last + to.length;
    if (length > longestText) {
      throw new LlmError({
        code: 'tokenizer/text-too-long',
        message: `A Replace of the normalizer makes more than ${longestText} characters of a text of ${text.length}; encode it in parts.`,
        details: { length: text.length },
      });
    }
    parts.push(text.slice(last, start), to);
    last = end;
  });
  if (parts.length === 0) return text;
  parts.push(text.slice(last));
  return parts.join('');
}
