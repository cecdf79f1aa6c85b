/**
 * Files that others reported as lost or spoiled, one of each kind (`faults-data`). What is right stands in
 * its README; here it is the words that every one of them holds.
 */
import { join } from 'node:path';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import type { DataInput, InputItem } from './data-input.js';
import { readInput } from './read-input.js';

const directory = sharedDataPath('faults-data');

async function itemsOf(kind: DataInput['kind'], name: string): Promise<InputItem[]> {
  const items: InputItem[] = [];
  const path = join(directory ?? '', name);
  for await (const item of readInput({ kind, path }, {}, () => undefined)) items.push(item);
  return items;
}

const contents = (items: readonly InputItem[]): string[] =>
  items.map((item) =>
    item.kind === 'keep' ? item.page.content : `${item.kind} ${item.kind === 'drop' ? item.reason : ''}`,
  );

/** Language (the start of the last part of the URL, or of the file's name) → what its text holds. */
const words: Readonly<Record<string, string>> = {
  en: 'The captain’s bell – “the old one” – doesn’t ring any more, but the café’s owner',
  ru: 'Старая гавань города была построена из камней, которые привезли по реке',
  zh: '这座小城的老港口是用河船运来的石头建成的',
  th: 'ท่าเรือเก่าของเมืองสร้างด้วยหินที่ขนมาทางแม่น้ำ',
  ja: 'この町の古い港は、川を船で運ばれた石で造られ',
  lt: 'Senasis miesto uostas pastatytas iš akmenų, atplukdytų upe',
};

describe.skipIf(directory === undefined)('pages that were lost or spoiled', () => {
  it.each([
    ['c02-declared-utf-8-but-is-not.warc', 5],
    ['c03-one-bad-byte-turns-utf-8-into-mojibake.warc', 3],
    ['c07-meta-after-5000-bytes.warc', 4],
    ['c08-undeclared-thai-cp866-iso-2022-jp.warc', 4],
  ])('%s', async (name, count) => {
    const items = await itemsOf('warc', name);
    expect(items).toHaveLength(count);
    for (const item of items) {
      const url = item.kind === 'keep' ? item.page.url : String(item.kind);
      const language = url.split('/').at(-1)?.slice(0, 2) ?? '';
      expect([url, contents([item])[0]?.includes(words[language] ?? '?')]).toEqual([url, true]);
    }
  });

  it('labels that nobody knows', async () => {
    const pages = contents(await itemsOf('warc', 'c01-charset-label-nobody-knows.warc'));
    expect(pages).toHaveLength(10);
    const expected = [words.en, words.en, words.en, words.zh, '이 마을의 오래된 항구는', words.ja, words.ja];
    expected.push('這座小城的老港口是用河船運來的石頭建成的', words.ru, words.th);
    for (const [index, page] of pages.entries()) expect(page).toContain(expected[index]);
  });

  it('UTF-16 without a mark, and words that are no declaration', async () => {
    const wide = contents(await itemsOf('warc', 'c04-utf-16-without-mark.warc'));
    expect(wide.map((page) => page.includes('\0'))).toEqual([false, false, false, false]);
    expect(wide.map((page) => /The old harbour of the town|Старая гавань/.test(page))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const russian = contents(await itemsOf('warc', 'c06-charset-words-that-are-no-declaration.warc'));
    expect(russian.map((page) => page.includes(words.ru ?? '?'))).toEqual([true, true, true, true]);
  });

  it.each([
    ['w01-content-type-malformed.warc', 8],
    ['w03-content-encoding-that-is-not-so.warc', 9],
  ])('%s', async (name, count) => {
    const pages = contents(await itemsOf('warc', name));
    expect(pages.map((page) => page.includes('The old harbour of the town'))).toEqual(
      Array(count).fill(true),
    );
  });

  it('text files that are something else, and JSON lines with marks', async () => {
    expect(contents(await itemsOf('text', 't01-notes-utf-16.txt'))[0]).toMatch(/^The old harbour/);
    expect(contents(await itemsOf('text', 't02-notes-windows-1252.txt'))[0]).toContain(words.en);
    for (const name of ['t03-book.pdf', 't04-letter.docx'])
      expect(contents(await itemsOf('text', name))).toEqual(['drop binary']);
    const clean = contents(await itemsOf('jsonl', 't05-nul-and-control-characters.jsonl'));
    expect(clean[0]).toMatch(/^The bellrang twice/);
    await expect(itemsOf('jsonl', 't06-array.json')).rejects.toMatchObject({ code: 'data/json-array' });
    expect(
      contents(await itemsOf('jsonl', 't07-two-files-with-mark-joined.jsonl')).map((text) =>
        text.slice(0, 10),
      ),
    ).toEqual(['The old ha', 'Every spri']);
  });

  it('damaged files of JSON lines lose the damage alone, and say where', async () => {
    const half = await itemsOf('jsonl', 'jsonl-truncated-half.jsonl.gz');
    expect(half.filter(({ kind }) => kind === 'keep').length).toBeGreaterThan(230);
    expect(half.filter(({ recordType }) => recordType === 'damaged')).toMatchObject([
      { reason: 'truncated' },
    ]);
    const one = await itemsOf('jsonl', 'jsonl-member1-damaged-of-4.jsonl.gz');
    // Three whole members of 500 lines, and what can be read of the other.
    expect(one.filter(({ kind }) => kind === 'keep').length).toBeGreaterThanOrEqual(1500);
    expect(one.filter(({ recordType }) => recordType === 'damaged')).toMatchObject([
      { reason: 'corrupt', metadata: { offset: 0, bytes: 2816 } },
    ]);
  });

  it('archives made to take for ever are read', async () => {
    expect(contents(await itemsOf('warc', 'sniff-comments-40.warc'))).toEqual(['drop not-html']);
    expect((await itemsOf('warc', 'cr-run-100k.warc.gz')).length).toBeGreaterThan(0);
    expect((await itemsOf('warc', 'warc-1.bin')).length).toBeGreaterThan(0);
  });
});
