/**
 * How a chat template writes tool calls and their outputs, learnt by rendering conversations with known words
 * in them, so that what a model generates can be read back. A control or added token is one private-use
 * character here, which no text is.
 */
import type { ParsedCompletion, Part, ToolCallPart } from '@llm/core';
import { parsePythonJson } from './python-json.js';

/**
 * What the template writes after a prompt, for the parts of one assistant message; undefined where it refuses
 * them.
 */
export type WriteParts = (parts: readonly Part[]) => string | undefined;

const word = {
  tool: 'qzname',
  input: 'qzin"put',
  output: 'qzout"put',
  text: 'qztext',
  key: 'qzkey',
  value: 'qzvalue',
} as const;
const jsonInput = `{"${word.key}": "${word.value}"}`;

/** One way of writing a call: `open` name `middle` input `close`. */
export interface CallShape {
  readonly middle: string;
  readonly close: string;
  /** The input stands in a JSON string. */
  readonly isQuoted: boolean;
}

interface ToolShape {
  readonly open: string;
  /** What comes between text and a call after it. */
  readonly gap: string;
  /** For inputs that are JSON objects, and for others. */
  readonly json: CallShape | undefined;
  readonly text: CallShape | undefined;
  /** Around an output, from the end of its call to where the assistant goes on. */
  readonly output: readonly [before: string, after: string] | undefined;
  /** Outputs stand in JSON strings. */
  readonly isOutputQuoted: boolean;
}

/** As it stands inside a JSON string. */
export function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

export class TemplateGrammar {
  readonly tools: ToolShape | undefined;
  /** What may follow the stop token: the end of the message in the template. */
  readonly tail: string;

  /** `stop`: the stop token's character. */
  constructor(
    write: WriteParts,
    readonly stop: string,
    readonly isControl: (character: string) => boolean,
  ) {
    const plain = write([{ type: 'text', text: word.text }]) ?? '';
    this.tail = plain.slice(plain.lastIndexOf(stop) + stop.length);
    this.tools = learnTools(write, stop);
  }

  /** The call that `text` ends by closing. */
  openCall(text: string): ToolCallPart | undefined {
    const { tools } = this;
    if (tools === undefined) return undefined;
    const start = text.lastIndexOf(tools.open);
    if (start < 0) return undefined;
    const call = readCall(text, start, tools, this.isControl);
    return call?.end === text.length ? call.part : undefined;
  }

  parse(text: string): ParsedCompletion {
    const { tools, stop } = this;
    const parts: Part[] = [];
    let isWellFormed = true;
    let position = 0;
    const say = (end: number): void => {
      const said = text.slice(position, end);
      const clean = Array.from(said)
        .filter((character) => !this.isControl(character))
        .join('');
      if (clean.length < said.length) isWellFormed = false;
      if (clean !== '') parts.push({ type: 'text', text: clean });
      position = end;
    };
    for (;;) {
      const end = text.indexOf(stop, position);
      const open = tools === undefined ? -1 : text.indexOf(tools.open, position);
      if (tools === undefined || open < 0 || (end >= 0 && end < open)) {
        say(end < 0 ? text.length : end);
        if (end < 0) isWellFormed = false;
        else {
          const rest = text.slice(end + stop.length);
          if (rest !== '' && rest !== this.tail) isWellFormed = false;
        }
        return { parts, wellFormed: isWellFormed };
      }
      const call = readCall(text, open, tools, this.isControl);
      if (call === undefined) {
        say(open + tools.open.length);
        isWellFormed = false;
        continue;
      }
      const hasGap = tools.gap !== '' && text.slice(position, open).endsWith(tools.gap);
      say(hasGap ? open - tools.gap.length : open);
      parts.push(call.part);
      position = call.end;
      const output = tools.output;
      if (output === undefined || !text.startsWith(output[0], position)) continue;
      const start = position + output[0].length;
      const close = text.indexOf(output[1], start);
      if (close < 0) continue;
      const said = text.slice(start, close);
      parts.push({ type: 'tool-output', text: (tools?.isOutputQuoted && unquoted(said)) || said });
      position = close + output[1].length;
    }
  }
}

function learnTools(write: WriteParts, stop: string): ToolShape | undefined {
  const call = (input: string): Part => ({ type: 'tool-call', tool: word.tool, input });
  const answer: readonly Part[] = [
    { type: 'tool-output', text: word.output },
    { type: 'text', text: word.text },
  ];
  const learn = (
    input: string,
    first: string,
    last: string,
  ): { open: string; shape: CallShape; rest: string } | undefined => {
    const alone = write([call(input)]);
    const answered = write([call(input), ...answer]);
    const found = alone === undefined ? undefined : cut(alone, first, last);
    if (alone === undefined || found === undefined) return undefined;
    const after = answered === undefined ? undefined : cut(answered, first, last)?.after;
    // A call ends where what comes next begins to differ, and before the token that ends the message.
    const common = after === undefined ? found.after : found.after.slice(0, commonLength(found.after, after));
    const end = common.indexOf(stop);
    const close = end < 0 ? common : common.slice(0, end);
    return {
      open: found.open,
      shape: { middle: found.middle, close, isQuoted: first === quoted(word.input) },
      rest: after?.slice(close.length) ?? '',
    };
  };
  const escaped = quoted(word.input);
  const text = learn(word.input, word.input, word.input) ?? learn(word.input, escaped, escaped);
  const json = learn(jsonInput, '{', '}');
  const known = text ?? json;
  if (known === undefined || known.open === '') return undefined;
  const spoken =
    write([{ type: 'text', text: word.text }, call(text === undefined ? jsonInput : word.input)]) ?? '';
  const from = spoken.indexOf(word.text) + word.text.length;
  const at = spoken.indexOf(known.open, from);
  const isOutputQuoted = !known.rest.includes(word.output);
  const output = isOutputQuoted ? quoted(word.output) : word.output;
  const outputAt = known.rest.indexOf(output);
  const textAt = known.rest.indexOf(word.text, outputAt);
  const isAnswered = outputAt >= 0 && textAt >= 0;
  return {
    open: known.open,
    gap: at < 0 ? '' : spoken.slice(from, at),
    json: json?.shape,
    text: text?.shape,
    output: isAnswered
      ? [known.rest.slice(0, outputAt), known.rest.slice(outputAt + output.length, textAt)]
      : undefined,
    isOutputQuoted,
  };
}

/** What lies around the name and the input of the call in a text. */
function cut(
  text: string,
  first: string,
  last: string,
): { open: string; middle: string; after: string } | undefined {
  const name = text.indexOf(word.tool);
  if (name < 0) return undefined;
  const afterName = name + word.tool.length;
  const isJson = first === '{';
  const inside = isJson ? text.indexOf(word.key, afterName) : text.indexOf(first, afterName);
  if (inside < 0) return undefined;
  const start = isJson ? text.lastIndexOf('{', inside) : inside;
  const end = isJson ? text.indexOf(last, text.indexOf(word.value, inside)) + 1 : inside + last.length;
  if (start < afterName || end <= start) return undefined;
  return { open: text.slice(0, name), middle: text.slice(afterName, start), after: text.slice(end) };
}

function readCall(
  text: string,
  open: number,
  tools: ToolShape,
  isControl: (character: string) => boolean,
): { readonly part: ToolCallPart; readonly end: number } | undefined {
  const nameStart = open + tools.open.length;
  for (const shape of [tools.json, tools.text]) {
    if (shape === undefined || shape.close === '') continue;
    const middle = text.indexOf(shape.middle, nameStart);
    const close = text.indexOf(shape.close, nameStart);
    if (shape === tools.text && close >= 0 && (middle < 0 || close < middle)) {
      // A call without an input.
      const tool = text.slice(nameStart, close);
      return isName(tool, isControl)
        ? { part: { type: 'tool-call', tool, input: '' }, end: close + shape.close.length }
        : undefined;
    }
    if (middle < 0) continue;
    const tool = text.slice(nameStart, middle);
    if (!isName(tool, isControl)) continue;
    const start = middle + shape.middle.length;
    const end = shape === tools.json ? jsonEnd(text, start, shape.close) : text.indexOf(shape.close, start);
    if (end < 0) continue;
    const written = text.slice(start, end);
    const input = (shape.isQuoted ? unquoted(written) : undefined) ?? written;
    if (Array.from(input).some(isControl)) continue;
    return { part: { type: 'tool-call', tool, input }, end: end + shape.close.length };
  }
  return undefined;
}

function isName(tool: string, isControl: (character: string) => boolean): boolean {
  return tool !== '' && !tool.includes(' ') && !Array.from(tool).some(isControl);
}

/** Where the JSON object at `start` ends, when `close` comes after it; -1 otherwise. */
function jsonEnd(text: string, start: number, close: string): number {
  if (text[start] !== '{') return -1;
  let depth = 0;
  let isString = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (isString) {
      if (character === '\\') i++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > 0 || isString) continue;
    const end = i + 1;
    return text.startsWith(close, end) && parsePythonJson(text.slice(start, end)) !== undefined ? end : -1;
  }
  return -1;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  // Not inside a character of two units.
  return length > 0 && (a.charCodeAt(length - 1) & 0xfc00) === 0xd800 ? length - 1 : length;
}
