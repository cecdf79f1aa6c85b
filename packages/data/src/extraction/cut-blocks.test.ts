import { describe, expect, it } from 'vitest';
import { blockText } from './block-text.js';
import { cutBlocks } from './cut-blocks.js';
import { parsePage } from './page-tree.js';

const cut = (html: string) => {
  const tree = parsePage(`<!doctype html><body>${html}`)!;
  const blocks = cutBlocks(tree);
  const texts = Array.from({ length: blocks.count }, (_, block) => blockText(tree, blocks, block));
  return { tree, blocks, texts };
};

describe('cutBlocks', () => {
  it('cuts at block elements, buttons and two line breaks, not at phrases and one line break', () => {
    expect(
      cut('<div>one <b>two</b> <a class="share" href="/x">three</a><p>four<br>five<br><br>six</div>').texts,
    ).toEqual(['one two three', 'fourfive', 'six']);
    expect(cut('<h3><button>Why?</button></h3>Because. <button>Close</button>').texts).toEqual([
      'Why?',
      'Because.',
      'Close',
    ]);
  });

  it('leaves out what is not displayed inside a line and the mark of a link to the heading itself', () => {
    expect(cut('<h2>Stones <a href="#stones">¶</a></h2>').texts).toEqual(['Stones']);
    expect(cut('<p>seen <span style="display:none">unseen</span> again</p>').texts).toEqual(['seen again']);
    expect(cut('<h2><a href="#stones">Stones</a></h2>').texts).toEqual(['Stones']);
  });

  it('measures length, links, words, marks and signs', () => {
    const { blocks } = cut('<p> The  <a href="/mill">Old Mill</a>, built 1850. </p>');
    expect([blocks.length[0], blocks.linked[0], blocks.links[0], blocks.words[0]]).toEqual([26, 8, 1, 5]);
    expect([blocks.marks[0], blocks.digits[0], blocks.capitals[0]]).toEqual([2, 4, 3]);
    expect(String.fromCharCode(blocks.firstCharacter[0]!, blocks.lastCharacter[0]!)).toBe('T.');
  });

  it('counts a link within the page as text', () => {
    expect(cut('<p><a href="#part">a part</a> and <a name="x">an anchor</a></p>').blocks.linked[0]).toBe(0);
  });

  it('gives equal texts equal hashes, whatever their case and signs', () => {
    const { blocks } = cut('<p>The harbour, old.</p><div>the HARBOUR old</div><p>the harbourold</p>');
    expect(blocks.hash[0]).toBe(blocks.hash[1]);
    expect(blocks.hash[2]).not.toBe(blocks.hash[1]);
    const words = (block: number) => [
      ...blocks.wordHashes.subarray(blocks.wordStart[block], blocks.wordStart[block + 1]),
    ];
    expect(words(0)).toEqual(words(1));
    expect(words(2)).toEqual([words(0)[0], expect.any(Number)]);
  });

  it('hashes words in small letters of any script, as FNV-1a does', () => {
    const words = (text: string) => [...cut(`<p>${text}</p>`).blocks.wordHashes];
    expect(words('A foobar')).toEqual([0xe40c292c | 0, 0xbf9cf968 | 0]);
    expect(words('ÄRGER МЕНЮ ΛΟΓΟΣ')).toEqual(words('ärger меню λογοσ'));
    expect(words('one '.repeat(60))).toHaveLength(40);
  });
});
