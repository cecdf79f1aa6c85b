/** A damaged or hostile version of a file: changes of kinds that have broken parsers. */
import type { Random } from '@llm/core';
import { mutateJson } from './mutate-json.js';

const encoder = new TextEncoder();

/** What readers of JSON, XML and binary formats trip over. */
const splices = [
  ...['{', '}', '[', ']', '"', '\\', '\0', '\n', ',', ':', 'null', 'true', '-1', '0', '1e999', '1.5'],
  ...[
    '9007199254740993',
    '-2147483649',
    '4294967296',
    '""',
    '{}',
    '[]',
    '\\ud800',
    '\ufeff',
    '{{',
    '}}',
    '{%',
    '%}',
  ],
  ...[
    '__proto__',
    'constructor',
    '../',
    'file:///',
    '(a|a)*b',
    '(?:\\w|\\d)*!',
    '$^',
    '<|',
    '|>',
    '<!--',
    '<![CDATA[',
  ],
  '[['.repeat(400),
  '{"a":'.repeat(300),
  '<b>'.repeat(500),
  'x'.repeat(5000),
].map((text) => encoder.encode(text));

/** One to six changes of bytes; of a JSON file half the time of values instead. */
export function mutate(seed: Uint8Array, random: Random): Uint8Array {
  if (random.integer(2) === 0) {
    const json = mutateJson(new TextDecoder().decode(seed), random);
    if (json !== undefined) return encoder.encode(json);
  }
  let bytes = Uint8Array.from(seed);
  for (let change = 1 + random.integer(6); change > 0; change--) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + random.integer(random.pick([4, 64, 1024])));
  switch (random.integer(8)) {
    case 0: // a bit
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << random.integer(8));
      return bytes;
    case 1: // bytes at their limits
      return bytes.fill(random.pick([0, 1, 0x7f, 0x80, 0xff]), at, at + Math.min(length, 8));
    case 2: // a number of the file, as 64 bits
      if (at + 8 <= bytes.length)
        new DataView(bytes.buffer).setBigUint64(
          at,
          BigInt(random.uint32()) << BigInt(random.integer(33)),
          true,
        );
      return bytes;
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(at + length));
    case 4: // twice
      return join(bytes.subarray(0, at + length), bytes.subarray(at));
    case 5:
      return bytes.slice(0, at);
    case 6:
      return join(bytes.subarray(0, at), random.pick(splices), bytes.subarray(at));
    default: // something of the file elsewhere in it
      return join(bytes.subarray(0, random.integer(bytes.length + 1)), bytes.subarray(at));
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
