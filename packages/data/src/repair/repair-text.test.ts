import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../page/clean-text.js';
import { Page } from '../page/page.js';
import { repairText } from './repair-text.js';
import { textRepair } from './text-repair.js';

/** By `tooling/oracles/data/text_repair.py`: ftfy 6.3.1 with datatrove's options. */
const rows = JSON.parse(
  readFileSync(new URL('fixtures/repair-text.json', import.meta.url), 'utf8'),
) as readonly (readonly [string, string])[];

describe('repairText', () => {
  it.each(rows)('repairs %j', (text, repaired) => {
    expect(repairText(text)).toBe(repaired);
  });

  it('leaves entities where it is told to', () => {
    expect(repairText('Write &eacute;, not Ã©.', { entities: false })).toBe('Write &eacute;, not é.');
  });

  it('counts the length of lines in code points, and cuts longer ones', () => {
    expect(repairText(`${'😀'.repeat(999_999)}Ã©`)).toBe(`${'😀'.repeat(999_999)}Ã©`);
    expect(repairText(`${'😀'.repeat(999_998)}Ã©`)).toBe(`${'😀'.repeat(999_998)}é`);
  });

  it('ends with text that was read wrongly many times', () => {
    let text = 'é';
    for (let times = 0; times < 12; times++) text = Buffer.from(text, 'utf8').toString('latin1');
    expect(repairText(text)).toBe('é');
  });

  it.each(['Ã', 'Ã©', 'â€™', 'Ã ', '&amp', 'ð ', '\x85', 'Ãƒ', 'вЂ', '\x1b[1;', 'a Â ', '\ufffd'])(
    'passes a run of %j',
    (part) => {
      expect(repairText(`${part.repeat(30_000)}漢`)).toContain('漢');
    },
  );
});

describe('textRepair', () => {
  it('rewrites what it repairs and keeps everything', () => {
    expect(textRepair().run(new Page({ content: 'naÃ¯ve' }))).toEqual({ kind: 'keep', text: 'naïve' });
    expect(textRepair().run(new Page({ content: 'naïve' }))).toEqual({ kind: 'keep' });
  });
});

describe('cleanText', () => {
  it('puts halves of letters together before it takes controls out', () => {
    expect(cleanText('It\u00e2\u0080\u0099s\u0000 &amp;')).toBe('It’s &amp;');
    expect(cleanText('one\u0085two')).toBe('one\u0085two');
  });
});
