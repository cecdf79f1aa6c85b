import { expect, test } from 'vitest';
import { captureOutput } from '../testing/captured-output.js';
import { jsonLine, shownLine, shownOutput, shownText } from './shown-text.js';

test.each([
  ['a colour', '\u001b[31mred', '␛[31mred'],
  ['a window title', '\u001b]0;owned\u0007', '␛]0;owned␇'],
  ['the 8-bit form', '\u009b2J', '\\x9b2J'],
  ['back to the start of the line', 'done\rfailed', 'done␍failed'],
  ['a backspace and a delete', 'a\b\u007fb', 'a␈␡b'],
  ['a turned direction', 'evil\u202egpj.exe', 'evil\\u202egpj.exe'],
  ['nothing to see', 'naïve 日本語 👩🏽‍🚀\tעברית\r\nend', 'naïve 日本語 👩🏽‍🚀\tעברית\nend'],
])('%s', (_, text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test('no control character is left but tab and line feed', () => {
  for (let code = 0; code < 0x3000; code++) {
    const shown = shownText(`<${String.fromCharCode(code)}>`);
    expect(shown.replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}(?<![\u200e\u200f\u061c])/u);
  }
  expect(shownLine('two\nlines')).toBe('two␊lines');
});

test('a JSON line holds no byte a terminal obeys and parses to the same value', () => {
  const text = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
  const line = jsonLine({ text });
  expect(shownText(line)).toBe(line);
  expect(JSON.parse(line)).toEqual({ text });
});

test('everything that is written to an output is shown', () => {
  const output = captureOutput();
  const { stdout, stderr } = shownOutput(output);
  stdout.write('\u001b[1mout\n');
  stderr.write('\u001b[1merr\n');
  expect([output.out(), output.err()]).toEqual(['␛[1mout\n', '␛[1merr\n']);
});
