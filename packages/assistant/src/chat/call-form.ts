/**
 * How calls are read from what a model writes. What a template writes is taken as a hint: where it writes a
 * JSON object with name and arguments between two marks, any JSON with those keys in any order and spacing is
 * a call, and so is a list of them (SmolLM2), because models vary what templates do not (vLLM's Hermes
 * parser). Otherwise the template's own words around name and input count.
 */
import type { CallSyntax } from '@llm/tokenizer';
import { jsonEnd, jsonMembers, parseJson } from './json-span.js';

export interface ReadCall {
  readonly name: string;
  /** As it was written. */
  readonly arguments: string;
}

export interface CallForm {
  /** Begins a call. Empty: a call is an answer that begins with a JSON object. */
  readonly open: string;
  /**
   * Reads what follows `open`: the calls and where they end; `open` while more must come; undefined where it
   * is no call. `isEnd`: no more comes.
   */
  read(text: string, start: number, isEnd: boolean): CallsAt | 'open' | undefined;
}

export interface CallsAt {
  readonly calls: readonly ReadCall[];
  readonly end: number;
}

/** `{"name": "` and `", "arguments": ` as templates write them. */
const nameMark = /\[?\s*\{\s*"(\w+)"\s*:\s*"$/;
const inputMark = /^"\s*,\s*"(\w+)"\s*:\s*$/;

export function callForm({ open, json, text }: CallSyntax): CallForm | undefined {
  const shape = json ?? text;
  if (shape === undefined) return undefined;
  const [names, nameKey] = nameMark.exec(open) ?? [];
  const [, inputKey] = inputMark.exec(shape.middle) ?? [];
  if (names !== undefined && inputKey !== undefined) {
    const close = shape.close.slice(Math.max(shape.close.lastIndexOf('}'), shape.close.lastIndexOf(']')) + 1);
    return jsonForm(open.slice(0, -names.length).trim(), close.trim(), nameKey!, inputKey);
  }
  return shape.close === '' ? undefined : wordForm(open, shape.middle, shape.close);
}

function jsonForm(open: string, close: string, nameKey: string, inputKey: string): CallForm {
  return {
    open,
    read(text, start, isEnd) {
      const from = skipSpace(text, start);
      if (from === text.length) return isEnd ? undefined : 'open';
      if (text[from] !== '{' && text[from] !== '[') return undefined;
      const end = jsonEnd(text, from);
      if (end === undefined) return isEnd ? undefined : 'open';
      const written = text.slice(from, end);
      const value = parseJson(written);
      const items = Array.isArray(value) ? [...jsonMembers(written).values()] : [written];
      const calls = items.map((item) => callIn(item, nameKey, inputKey));
      if (value === undefined || calls.length === 0 || calls.includes(undefined)) return undefined;
      const found = calls as ReadCall[];
      const at = skipSpace(text, end);
      if (text.startsWith(close, at)) return { calls: found, end: close === '' ? end : at + close.length };
      // The model may leave the closing mark out where it ends.
      if (close.startsWith(text.slice(at)) && !isEnd) return 'open';
      return { calls: found, end };
    },
  };
}

function callIn(written: string, nameKey: string, inputKey: string): ReadCall | undefined {
  const value = parseJson(written);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { [nameKey]: name, [inputKey]: input } = value as Record<string, unknown>;
  if (typeof name !== 'string' || !isName(name)) return undefined;
  if (input === undefined) return { name, arguments: '{}' };
  // Some models write the arguments as JSON in a string, as the API of OpenAI does.
  return { name, arguments: typeof input === 'string' ? input : jsonMembers(written).get(inputKey)! };
}

function wordForm(open: string, middle: string, close: string): CallForm {
  return {
    open,
    read(text, start, isEnd) {
      const end = text.indexOf(close, start);
      if (end < 0) return isEnd ? undefined : 'open';
      const written = text.slice(start, end);
      const at = middle === '' ? -1 : written.indexOf(middle);
      const name = at < 0 ? written : written.slice(0, at);
      if (!isName(name)) return undefined;
      const input = at < 0 ? '' : written.slice(at + middle.length);
      return { calls: [{ name, arguments: input }], end: end + close.length };
    },
  };
}

/** As `Conversation` has them: a word. */
const isName = (name: string): boolean => name !== '' && !/\s/.test(name);

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}
