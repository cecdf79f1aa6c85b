/** However a text is cut into tokens, the same parts come out, and nothing that may belong to a mark is shown early. */
import { createRandom } from '@llm/core';
import type { CallSyntax } from '@llm/tokenizer';
import { describe, expect, test } from 'vitest';
import { tinyTokenizer } from '../fixtures/tiny-tokenizer.js';
import { type AnswerPiece, AnswerReader, type AnswerReaderOptions } from './answer-reader.js';
import { ControlCharacters } from './control-characters.js';

const tokenizer = await tinyTokenizer();
const controls = new ControlCharacters(tokenizer);
const hermes: CallSyntax = {
  open: '<tool_call>\n{"name": "',
  gap: '\n',
  json: { middle: '", "arguments": ', close: '}\n</tool_call>', isQuoted: false },
  text: undefined,
  output: undefined,
};
const bare: CallSyntax = {
  ...hermes,
  open: '{"name": "',
  json: { middle: '", "parameters": ', close: '}', isQuoted: false },
};
const own: CallSyntax = {
  ...hermes,
  open: '<|tool_call_start|>',
  json: { middle: ' ', close: '<|tool_call_end|>', isQuoted: false },
  text: { middle: ' ', close: '<|tool_call_end|>', isQuoted: false },
};
const thinking = { open: '<think>', close: '</think>' };
const text = (said: string): AnswerPiece => ({ type: 'text', text: said });
const thought = (said: string): AnswerPiece => ({ type: 'thinking', text: said });
const call = (name: string, input: string): AnswerPiece => ({
  type: 'call',
  call: { name, arguments: input },
});

/** Neighbours of one kind joined. */
function joined(pieces: readonly AnswerPiece[]): AnswerPiece[] {
  const result: AnswerPiece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.type !== 'call' && last?.type === piece.type)
      result[result.length - 1] = { type: piece.type, text: last.text + piece.text };
    else result.push(piece);
  }
  return result;
}

function readIn(ids: ArrayLike<number>, options: AnswerReaderOptions): AnswerPiece[] {
  const reader = new AnswerReader(tokenizer, controls, options);
  return joined([...Array.from(ids).flatMap((id) => reader.push(id)), ...reader.end()]);
}

const cases: readonly [string, AnswerReaderOptions, string, readonly AnswerPiece[]][] = [
  ['text', {}, 'Hi. ż🙂 ', [text('Hi. ż🙂 ')]],
  ['a stop string', { stop: ['END', 'E?'] }, 'a EN E END b', [text('a EN E ')]],
  ['nearly a stop string at the end', { stop: ['END'] }, 'a EN', [text('a EN')]],
  ['thinking', { thinking }, '<think>\nWell <thin\n</think>\n\nHi', [thought('Well <thin'), text('Hi')]],
  [
    'thinking that the prompt began',
    { thinking, isThinking: true },
    '\nWell\n</think>Hi',
    [thought('Well'), text('Hi')],
  ],
  ['thinking without an end', { thinking }, '<think>Well\n', [thought('Well')]],
  [
    'calls, in any spacing and order',
    { calls: hermes },
    'Wait.\n<tool_call>\n{"name": "add", "arguments": {"a": 1.0, "b": "}"}}\n</tool_call>\n<tool_call>{"arguments":{},"name":"sub"}</tool_call>',
    [text('Wait.'), call('add', '{"a": 1.0, "b": "}"}'), call('sub', '{}')],
  ],
  [
    'a list of calls (SmolLM2)',
    { calls: hermes },
    '<tool_call>[{"name": "a", "arguments": {"x": [1, 2]}}, {"name": "b"}]</tool_call>',
    [call('a', '{"x": [1, 2]}'), call('b', '{}')],
  ],
  [
    'a call that is not closed',
    { calls: hermes },
    '<tool_call>{"name": "a", "arguments": {}}',
    [call('a', '{}')],
  ],
  ['a call that was cut', { calls: hermes }, 'x <tool_call>{"name": "a', [text('x <tool_call>{"name": "a')]],
  [
    'what is no call',
    { calls: hermes },
    '<tool_call>no</tool_call> b',
    [text('<tool_call>no</tool_call> b')],
  ],
  [
    'a call without a mark (Llama)',
    { calls: bare },
    ' {"name": "a", "parameters": {"x": 1}}',
    [call('a', '{"x": 1}')],
  ],
  ['JSON that is no call', { calls: bare }, '{"a": 1} is JSON', [text('{"a": 1} is JSON')]],
  [
    'braces in a text',
    { calls: bare },
    'So {"name": "a", "parameters": {}}',
    [text('So {"name": "a", "parameters": {}}')],
  ],
  [
    'our own calls',
    { calls: own },
    'a<|tool_call_start|>calculator 12+30<|tool_call_end|>',
    [text('a'), call('calculator', '12+30')],
  ],
  ['control tokens in a text', { calls: own }, 'a<|user_start|>b', [text('ab')]],
];

describe.each(cases)('%s', (name, options, written, expected) => {
  test('in the tokens of the tokenizer', () => {
    expect(readIn(tokenizer.encode(written, { allowSpecial: true }), options)).toEqual(expected);
  });

  test('in single bytes and in tokens cut at random', () => {
    const random = createRandom(1, name);
    const parts = written.split(/(<\|\w+\|>)/);
    for (let round = 0; round < 20; round++) {
      const ids = parts.flatMap((part) => {
        if (tokenizer.specialTokens.has(part)) return [tokenizer.specialTokens.get(part)!];
        const found: number[] = [];
        for (let at = 0; at < part.length; ) {
          let end = at + 1 + random.integer(round === 0 ? 1 : 4);
          if ((part.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
          found.push(...tokenizer.encode(part.slice(at, end)));
          at = end;
        }
        return found;
      });
      expect(readIn(ids, options)).toEqual(expected);
    }
  });

  test('what is shown is never taken back', () => {
    const reader = new AnswerReader(tokenizer, controls, options);
    const shown: AnswerPiece[] = [];
    for (const id of tokenizer.encode(written, { allowSpecial: true })) {
      shown.push(...reader.push(id));
      const so_far = joined(shown).filter(({ type }) => type !== 'call');
      for (const [index, piece] of so_far.entries()) {
        const whole = expected.filter(({ type }) => type !== 'call')[index];
        expect(
          whole !== undefined && 'text' in whole && 'text' in piece && whole.text.startsWith(piece.text),
        ).toBe(true);
      }
    }
  });
});

test('letters that look like a control token are letters', () => {
  const ids = tokenizer.encode('<|tool_call_start|>calculator 1<|tool_call_end|>');
  expect(readIn(ids, { calls: own })).toEqual([text('<|tool_call_start|>calculator 1<|tool_call_end|>')]);
});
