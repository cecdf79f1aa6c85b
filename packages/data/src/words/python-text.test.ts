import { describe, expect, it } from 'vitest';
import {
  codePointLength,
  collapseSpace,
  countOccurrences,
  isPythonSpace,
  splitLines,
  splitOnSpace,
  strip,
  stripEnd,
  stripStart,
} from './python-text.js';

const unit = (code: number): string => String.fromCharCode(code);

describe('splitLines', () => {
  it('splits at the eleven line ends of str.splitlines and at no other character', () => {
    // https://docs.python.org/3/library/stdtypes.html#str.splitlines
    const ends = ['\n', '\r', '\r\n', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];
    for (const end of ends) expect(splitLines(`a${end}b`)).toEqual(['a', 'b']);
    const single = new Set(ends.filter((end) => end.length === 1).map((end) => end.charCodeAt(0)));
    for (let code = 0; code < 0xd800; code++) {
      if (single.has(code)) continue;
      if (splitLines(`a${unit(code)}b`).length !== 1) expect.fail(`U+${code.toString(16)} splits`);
    }
  });

  it('gives no line for an empty text and none after the last end', () => {
    expect(splitLines('')).toEqual([]);
    expect(splitLines('\n')).toEqual(['']);
    expect(splitLines('one\n')).toEqual(['one']);
    expect(splitLines('ab c\n\nde fg\rkl\r\n')).toEqual(['ab c', '', 'de fg', 'kl']);
  });
});

describe('white space', () => {
  it('is what str.isspace says, for every code unit', () => {
    // CPython 3.12: [c for c in range(0x10000) if chr(c).isspace()]
    const spaces = new Set([
      ...[9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680],
      ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
      ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
    ]);
    for (let code = 0; code < 0x10000; code++) {
      if (isPythonSpace(code) !== spaces.has(code)) expect.fail(`U+${code.toString(16)}`);
      const stripped = strip(`${unit(code)}x${unit(code)}`) === 'x';
      if (stripped !== spaces.has(code)) expect.fail(`strip of U+${code.toString(16)}`);
    }
  });

  it('is stripped, collapsed and split at', () => {
    expect(stripStart(' \x85a ')).toBe('a ');
    expect(stripEnd(' a\u3000\x1f')).toBe(' a');
    expect(strip('\ufeffa\ufeff')).toBe('\ufeffa\ufeff');
    expect(strip(' \t ')).toBe('');
    expect(collapseSpace(' a \n\u2003 b\x1c')).toBe(' a b ');
    expect(splitOnSpace('  one\x1dtwo \u00a0 three ')).toEqual(['one', 'two', 'three']);
    expect(splitOnSpace(' \n ')).toEqual([]);
  });
});

describe('counting', () => {
  it('counts code points, a lone surrogate as one', () => {
    expect(codePointLength('')).toBe(0);
    expect(codePointLength('aé€')).toBe(3);
    expect(codePointLength('😀x😀')).toBe(3);
    expect(codePointLength('\ud83d\ud83d\ude00\ude00')).toBe(3);
  });

  it('counts occurrences without overlaps', () => {
    expect(countOccurrences('......', '...')).toBe(2);
    expect(countOccurrences('aaaaa', 'aa')).toBe(2);
    expect(countOccurrences('', '#')).toBe(0);
  });
});
