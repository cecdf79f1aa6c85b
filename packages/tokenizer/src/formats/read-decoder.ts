/** `decoder` of a `tokenizer.json` without ByteLevel: Replace, ByteFallback, Fuse, Strip, or Metaspace. */
import type { JsonValue } from '@llm/core';
import { type CharacterDecoding, spaceMark } from '../vocabulary/character-vocabulary.js';
import { invalidFile, isObject, type JsonObject } from './json-reading.js';
import { flatten, unsupported } from './read-pre-tokenizer.js';
import { readMetaspace } from './read-spaces.js';

export interface DecoderReading extends CharacterDecoding {
  readonly unmarksSpaces: boolean;
}

/** Steps in the order in which they have a meaning here. */
const order: readonly unknown[] = ['Replace', 'Metaspace', 'ByteFallback', 'Fuse', 'Strip'];

export function readDecoder(value: unknown): DecoderReading {
  if (value === null || value === undefined) throw unsupported('no decoder (tokens are joined with spaces)');
  const steps = flatten('decoder', 'decoders', value);
  let last = -1;
  for (const { step } of steps) {
    const place = order.indexOf(step.type);
    if (place < 0) throw unsupported(`the decoder ${String(step.type)}`);
    if (place <= last) throw unsupported(`the decoder ${String(step.type)} after ${order[last]}`);
    last = place;
  }
  const find = (type: string): JsonObject | undefined => steps.find(({ step }) => step.type === type)?.step;
  const replace = find('Replace');
  const metaspace = find('Metaspace');
  const strip = find('Strip');
  if (replace !== undefined && metaspace !== undefined)
    throw unsupported('the decoder Metaspace after Replace');
  if (replace !== undefined && !isUnmark(replace))
    throw unsupported(`a decoder that replaces something else than ${spaceMark} by a space`);
  if (strip !== undefined && find('Fuse') === undefined) throw unsupported('the decoder Strip without Fuse');
  const { prefix } = metaspace === undefined ? { prefix: undefined } : readMetaspace(metaspace, 'decoder');
  return {
    unmarksSpaces: replace !== undefined || metaspace !== undefined,
    hasByteFallback: find('ByteFallback') !== undefined,
    strippedSpaces: strip === undefined ? 0 : readStrip(strip),
    stripsFirstToken: prefix !== undefined,
    json: value as JsonValue,
  };
}

function isUnmark(step: JsonObject): boolean {
  return isObject(step.pattern) && step.pattern.String === spaceMark && step.content === ' ';
}

function readStrip({ content, start, stop }: JsonObject): number {
  if (content !== ' ' || stop !== 0)
    throw unsupported('a decoder that strips more than spaces at the beginning');
  if (typeof start !== 'number' || !Number.isInteger(start) || start < 0)
    throw invalidFile('tokenizer.json', 'decoder', 'has a Strip without a number of spaces at its start.');
  return start;
}
