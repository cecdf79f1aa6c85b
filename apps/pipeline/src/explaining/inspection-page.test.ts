import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { drop, keep } from '@llm/data';
import { runDataPipeline } from '@llm/data/node';
import { expect, test } from 'vitest';
import { openDataRun } from './data-run.js';
import { inspectRun } from './inspect-run.js';
import { inspectionPage } from './inspection-page.js';

const hostile = [
  '</pre><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!--<svg/onload=alert(1)>-->',
  ']]><style>*{display:none}</style>',
  '<meta http-equiv="refresh" content="0;url=//evil">',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u202eevil\u0000\u001b[31m</title>',
  'ｘ'.repeat(3000),
];

test('text, addresses and reasons of a crawl are text in the page, whatever they hold', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'llm-inspection-'));
  try {
    const path = join(directory, 'pages.jsonl');
    const rows = hostile.flatMap((text, at) =>
      ['drop', 'keep'].map((fate) => ({
        id: `${fate}${at}${text}`,
        text: `${fate} ${at} ${text}`,
        url: `javascript:${text}`,
        language: text,
      })),
    );
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    await runDataPipeline({
      inputs: [{ kind: 'jsonl', path, quality: 'filter' }],
      ...{ store: new DirectoryStore(directory), prefix: 'data', deduplication: false },
      record: { droppedText: 5000 },
      steps: [
        {
          name: 'own</summary><script>',
          run: ({ text }) => {
            const measures = [
              { name: '<b onclick=x>', value: Number.NaN, bound: 'most', threshold: 1, option: 'x' },
            ] as const;
            return text.startsWith('drop') ? drop('because <script>', { measures }) : keep;
          },
        },
      ],
    });
    const html = inspectionPage(await inspectRun(openDataRun(directory), 50, 1));
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    // Nothing but our own elements and attributes: what is left without them holds no markup at all.
    const own =
      /<(?:\/?(?:html|head|body|title|style|h1|h2|h3|p|dl|dt|dd|span|article|pre|summary|details|ul|li|code)(?: (?:lang="en"|open|class="[a-z ]+"|dir="auto"|style="width:[\d.]+%"|title="[^"<>]*"))*|!doctype html|meta charset="utf-8"|meta name="viewport" content="[^"<>]*"|meta http-equiv="Content-Security-Policy" content="[^"<>]*"|meta name="referrer" content="no-referrer")>/g;
    expect(html.replace(own, '')).not.toMatch(/[<]/);
    for (const sign of ['\u0000', '\u001b', '\u202e']) expect(html).not.toContain(sign);
    expect(html).toContain('drop 0 &lt;/pre&gt;&lt;script&gt;');
    expect(html).toContain('keep 1 &quot;&gt;&lt;img');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the page fits a phone: nothing in it has a width of its own', () => {
  const source = readFileSync(new URL('./inspection-page.ts', import.meta.url), 'utf8');
  expect(source).not.toMatch(/min-width|white-space: nowrap|overflow-x/);
});
