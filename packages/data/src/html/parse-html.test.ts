import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import { describe, expect, it } from 'vitest';
import { parse5Tree } from './fixtures/serialise-parse5.js';
import { serialiseTree } from './fixtures/serialise-tree.js';
import { parseHtml } from './parse-html.js';

const tree = (html: string): string => serialiseTree(parseHtml(html, { comments: true }));

/** Without select, option and what selects hold: parse5 8 reads them as the standard did before 2025. */
const names =
  'a a b b i p p div div span td tr table tbody th caption colgroup col ul li dl dt dd h1 h2 form button pre font nobr svg g foreignObject math mi mtext annotation-xml title script style textarea template body html head br hr img object marquee noscript iframe ruby rt rp plaintext article center details frameset frame xmp address';

describe('parseHtml against parse5', () => {
  it.each([
    '<head><p>one',
    '<title>a</title>b<head>c',
    '<p><b>one<p>two</b>three',
    '<table><tr>x<td>y<b>z</table>w',
    '<a href=1>one<div><a href=2>two',
    '<script><!--<script>a</script>b--></script>c',
    '<svg><title><p>in</title><![CDATA[<x>]]></svg>out<![CDATA[<y>]]>',
    '<math><mi><p>x</mi><annotation-xml encoding=text/html><div>y</annotation-xml></math>',
    '<template><td>cell<template>inner</template></template>after',
    '<p>A &amp B &notin; &notit; &#x80; &#0; &#xD800; <a title="&ampx &amp=">',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><p><table>',
    '<noscript><p>no</noscript><noscript><noscript></noscript>x',
    '<div =a b==c d="e"f/g/>h</div/>i</ j>k<?l>m<!n>o</>p',
    '<ÀB ÉC="x">y</ÀB>',
  ])('%s', (html) => expect(tree(html)).toBe(parse5Tree(html)));

  it('agrees on 5,000 soups of tags', () => {
    const random = createRandom(1, 'tag soup');
    const all = names.split(' ');
    for (let round = 0; round < 5000; round++) {
      let html = random.uniform() < 0.5 ? '<!doctype html>' : '';
      const length = 1 + Math.floor(random.uniform() * 24);
      for (let at = 0; at < length; at++) {
        const draw = random.uniform();
        const name = random.pick(all);
        if (draw < 0.5) html += `<${name}${random.uniform() < 0.2 ? ' class=x' : ''}>`;
        else if (draw < 0.8) html += `</${name}>`;
        else
          html += random.pick([
            'text',
            ' ',
            '\n',
            'x &amp; y',
            '<!-- c -->',
            'n\0ul',
            '<',
            '</',
            '&lt',
            '<br/>',
          ]);
      }
      expect(tree(html), JSON.stringify(html)).toBe(parse5Tree(html));
    }
  });

  const folder = sharedDataPath('html-readability');
  it.skipIf(folder === undefined)('agrees on every fourth of 130 real pages', () => {
    const archive = readFileSync(`${folder}/pages.warc.gz`);
    const offsets = gunzipSync(readFileSync(`${folder}/index.jsonl.gz`))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { offset: number }).offset)
      .sort((a, b) => a - b);
    for (const [at, offset] of offsets.entries()) {
      if (at % 4 !== 0) continue;
      const html = gunzipSync(archive.subarray(offset, offsets[at + 1])).toString('utf8');
      expect(tree(html) === parse5Tree(html), `page at ${offset}`).toBe(true);
    }
    expect(offsets).toHaveLength(130);
  });
});

describe('pages made to be slow', () => {
  it.each([
    ['closing tags of nothing', `${'<div>'.repeat(100_000)}${'</x>'.repeat(100_000)}`],
    [
      'formatting that is never closed',
      Array.from({ length: 20_000 }, (_, at) => `<p><font size=${at}>x`).join(''),
    ],
    ['formatting around blocks', `${'<b><div>'.repeat(50_000)}${'</b>'.repeat(50_000)}`],
    ['formatting that climbs', `<i>${'<div>'.repeat(20_000)}${'</i>'.repeat(50_000)}`],
    ['attributes', `<p ${Array.from({ length: 100_000 }, (_, at) => `a${at}`).join(' ')}>`],
    ['templates', '<template>'.repeat(100_000)],
    ['foreign elements', `<svg>${'<g>'.repeat(50_000)}${'</x>'.repeat(50_000)}`],
    ['tables below much', `${'<div>'.repeat(50_000)}${'<table></table>'.repeat(50_000)}`],
  ])('%s', { timeout: 60_000 }, (_, html) => {
    const document = parseHtml(html);
    expect(document.size).toBeGreaterThan(2);
    expect(document.size).toBeLessThan(600_000);
    let deepest = 0;
    const depths: number[] = [0];
    for (let node = 1; node < document.size; node++) {
      const parent = document.parent[node]!;
      if (parent < 0 || parent > node) continue;
      depths[node] = (depths[parent] ?? 0) + 1;
      deepest = Math.max(deepest, depths[node]!);
    }
    expect(deepest).toBeLessThan(1100);
  });
});
