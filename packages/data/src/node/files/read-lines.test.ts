import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeLegacy } from '../../charset/fixtures/encode-legacy.js';
import { readLines } from './read-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'llm-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly lines: string[];
  readonly damages: string[];
  readonly refusals: string[];
}

async function read(bytes: Uint8Array, longest = 1e6): Promise<Read> {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const all: Read = { lines: [], damages: [], refusals: [] };
  for await (const piece of readLines(path, longest, () => undefined)) {
    if (piece.kind === 'line') all.lines.push(piece.line);
    else if (piece.kind === 'refusal') all.refusals.push(piece.message);
    else all.damages.push(`${piece.damage.reason}@${piece.damage.offset}+${piece.damage.bytes}`);
  }
  return all;
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index} ${Math.sin(from + index)}`);
const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('readLines: encodings', () => {
  const russian = ['Старая гавань города', 'была построена из камней,', 'которые привезли по реке.'];
  const many = Array.from({ length: 6000 }, () => russian).flat();
  /** As often as the lines are in `many`. */
  const often = (bytes: Uint8Array): Buffer => Buffer.concat(Array<Uint8Array>(6000).fill(bytes));

  it.each(['windows-1251', 'koi8-r', 'utf-16le', 'utf-16be', 'ibm866'])(
    'reads a long file in %s',
    async (charset) => {
      const bytes = often(encodeLegacy(joined(russian), charset));
      expect((await read(bytes)).lines).toEqual(many);
      expect((await read(gzipSync(bytes))).lines).toEqual(many);
    },
  );

  it('reads multi-byte text in one line longer than any block', async () => {
    const words = '港町の古い鐘は、'.repeat(30);
    for (const bytes of [encodeLegacy(words, 'shift_jis'), Buffer.from(words)]) {
      const { lines } = await read(often(bytes), 1e7);
      expect([lines.length, lines[0] === words.repeat(6000)]).toEqual([1, true]);
    }
  });

  it('takes marks off the start of every line, and keeps one bad byte to itself', async () => {
    const mark = '\ufeff';
    expect((await read(Buffer.from(`${mark}one\n${mark}two\nthree ${mark}x\n`))).lines).toEqual([
      'one',
      'two',
      `three ${mark}x`,
    ]);
    const stray = Buffer.concat([
      Buffer.from('the café’s owner\n'),
      Buffer.from([0xe9]),
      Buffer.from('\nthe café’s bell'),
    ]);
    expect((await read(stray)).lines).toEqual(['the café’s owner', '\ufffd', 'the café’s bell']);
  });

  it('reads files joined of several encodings', async () => {
    const bytes = Buffer.concat([
      Buffer.from(joined(many)),
      often(encodeLegacy(joined(russian.map((line) => `${line}!`)), 'windows-1251')),
    ]);
    const { lines } = await read(bytes);
    expect(lines.filter((line) => line.includes('\ufffd'))).toEqual([]);
    expect(lines.length).toBe(36_000);
    expect(lines.at(-1)).toBe(`${many.at(-1)}!`);
  });

  it('refuses what is no text', async () => {
    const noise = Buffer.from(
      Array.from({ length: 5000 }, (_, index) => (index * index * 7 + index * 13) % 256),
    );
    for (const bytes of [
      noise,
      gzipSync(noise),
      Buffer.from('%PDF-1.4\n'),
      Buffer.alloc(1000),
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ])
      expect(await read(bytes)).toMatchObject({
        lines: [],
        refusals: [expect.stringMatching(/format|control/)],
      });
    expect(
      (await read(Buffer.from('a \0 zero in a text is no reason\n'.padStart(300, 'x')))).refusals,
    ).toEqual([]);
  });
});

describe('readLines: damaged gzip files', () => {
  const groups = [0, 1, 2, 3].map((group) => numbered(group * 500, group * 500 + 500));
  const members = groups.map((lines) => gzipSync(joined(lines)));

  it('loses one member to damage, wherever it is, and none of the others', async () => {
    const [first, second, ...others] = members as [Buffer, Buffer, Buffer, Buffer];
    const kept = [groups[0]!, groups[2]!, groups[3]!].flat();
    for (let at = 0; at < second.length; at += 611) {
      const broken = Buffer.from(second);
      broken.fill(0x55, at, at + 9);
      const { lines, damages } = await read(Buffer.concat([first, broken, ...others]));
      const got = new Set(lines);
      expect([at, kept.filter((line) => !got.has(line))]).toEqual([at, []]);
      if (at > 10)
        expect([at, damages.length, damages[0]?.split('@')[1]]).toEqual([
          at,
          1,
          `${first.length}+${second.length}`,
        ]);
    }
  });

  it('notices a wrong checksum and a file that is cut', async () => {
    const wrong = Buffer.from(members[1]!);
    wrong.writeUInt32LE(1, wrong.length - 8);
    const { lines, damages } = await read(Buffer.concat([members[0]!, wrong, members[2]!]));
    expect(lines).toEqual(groups.slice(0, 3).flat());
    expect(damages).toEqual([`corrupt@${members[0]!.length}+${wrong.length}`]);
    const cut = await read(Buffer.concat([members[0]!, members[1]!.subarray(0, 3000)]));
    expect(cut.lines.slice(0, 500)).toEqual(groups[0]);
    expect(cut.damages).toEqual([`truncated@${members[0]!.length}+3000`]);
  });

  it('joins lines that members cut, and does not join across damage', async () => {
    const text = joined(numbered(0, 100));
    const pieces = [text.slice(0, 700), text.slice(700, 701), text.slice(701)].map((piece) =>
      gzipSync(piece),
    );
    expect((await read(Buffer.concat(pieces))).lines).toEqual(numbered(0, 100));
    const garbage = Buffer.from('no gzip member at all');
    const split = await read(Buffer.concat([gzipSync('one\ntw'), garbage, gzipSync('three\n')]));
    expect(split.lines).toEqual(['one', 'tw', 'three']);
    expect(split.damages).toHaveLength(1);
  });
});
