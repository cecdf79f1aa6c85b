/** `normalizer` of a `tokenizer.json`: the Unicode forms and the simple steps that byte-level models use. */
import type { JsonValue } from '@llm/core';
import type { Normalizer } from '../pretokenize/normalizer.js';
import { arrayAt, objectAt, stringAt } from './json-reading.js';
import { unsupported } from './read-pre-tokenizer.js';

const file = 'tokenizer.json';

export function readNormalizer(value: unknown): Normalizer | undefined {
  if (value === null || value === undefined) return undefined;
  const steps = readSteps(value, 'normalizer');
  return {
    normalize: (text) => steps.reduce((normalized, step) => step(normalized), text),
    json: value as JsonValue,
  };
}

function readSteps(value: unknown, where: string): ((text: string) => string)[] {
  const step = objectAt(file, where, value);
  switch (step.type) {
    case 'Sequence':
      return arrayAt(file, `${where}.normalizers`, step.normalizers).flatMap((inner, i) =>
        readSteps(inner, `${where}.normalizers[${i}]`),
      );
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step.type;
      return [(text) => text.normalize(form)];
    }
    case 'Lowercase':
      return [(text) => text.toLowerCase()];
    case 'StripAccents':
      return [(text) => text.replace(/\p{Mn}/gu, '')];
    case 'Prepend': {
      const prefix = stringAt(file, `${where}.prepend`, step.prepend);
      return [(text) => (text === '' ? '' : prefix + text)];
    }
    case 'Replace': {
      const pattern = objectAt(file, `${where}.pattern`, step.pattern);
      if (pattern.String === undefined) throw unsupported('a Replace normalizer with a regular expression');
      const from = stringAt(file, `${where}.pattern.String`, pattern.String);
      const to = stringAt(file, `${where}.content`, step.content);
      return [(text) => text.replaceAll(from, () => to)];
    }
    default:
      throw unsupported(`the normalizer ${String(step.type)}`);
  }
}
