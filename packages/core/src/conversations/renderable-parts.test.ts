import { expect, test } from 'vitest';
import type { Part } from '../contracts/conversation.js';
import { renderableParts } from './renderable-parts.js';

const text = (value: string): Part => ({ type: 'text', text: value });
const call = (tool: string): Part => ({ type: 'tool-call', tool, input: '1' });
const output: Part = { type: 'tool-output', text: '2' };

test.each<[string, Part[], Part[]]>([
  [
    'a call with its output',
    [text('a'), call('t'), output, text('b')],
    [text('a'), call('t'), output, text('b')],
  ],
  [
    'a call without a name, and its output with it',
    [text('a'), call(''), output, text('b')],
    [text('a'), text('b')],
  ],
  ['a name of two words', [call('t u'), output], []],
  ['an output without a call', [output, text('a')], [text('a')]],
  ['an output after text', [call('t'), text('a'), output], [text('a')]],
  ['a second output', [call('t'), output, output], [call('t'), output]],
  [
    'the output of a dropped call is not taken for that of the call before',
    [call('t'), output, call(''), output],
    [call('t'), output],
  ],
  ['a call that was cut off', [text('a'), call('calc')], [text('a')]],
])('%s', (_, parts, kept) => {
  expect(renderableParts({ parts, wellFormed: false })).toEqual(kept);
});

test('a well-formed completion may call without an output', () => {
  expect(renderableParts({ parts: [call('t')], wellFormed: true })).toEqual([call('t')]);
});
