import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { serialiseTree } from './fixtures/serialise-tree.js';
import { parseHtml } from './parse-html.js';

const folder = fileURLToPath(
  new URL('../../../../.peers/html5lib-tests/tree-construction/', import.meta.url),
);
const missing = !existsSync(folder);
if (missing)
  process.stderr.write(
    'SKIPPED: html5lib-tests is not there: bash tooling/oracles/install-html5lib-tests.sh\n',
  );

/** Of the tests of whole documents with scripting on, those that need a script to run, or copy options. */
const leftOut = new Map([
  ['webkit02.dat', 4], // `selectedcontent`
  ['scripted/adoption01.dat', 1],
  ['scripted/ark.dat', 1],
  ['scripted/webkit01.dat', 2],
]);

test.skipIf(missing)('trees are those of html5lib-tests', () => {
  const failed = new Map<string, number>();
  let passed = 0;
  let fragments = 0;
  const files = [
    ...readdirSync(folder),
    ...readdirSync(`${folder}scripted`).map((name) => `scripted/${name}`),
  ];
  for (const file of files.filter((name) => name.endsWith('.dat'))) {
    const cases = `\n${readFileSync(folder + file, 'utf8')}`.split('\n#data\n').slice(1);
    for (const text of cases) {
      if (text.includes('\n#script-off\n')) continue;
      if (text.includes('\n#document-fragment\n')) {
        fragments++;
        continue;
      }
      const html = text.startsWith('#errors') ? '' : text.slice(0, text.indexOf('\n#errors'));
      const expected = text.slice(text.indexOf('\n#document\n') + 11).replace(/\n+$/, '');
      if (serialiseTree(parseHtml(html, { comments: true })) === expected) passed++;
      else failed.set(file, (failed.get(file) ?? 0) + 1);
    }
  }
  expect(failed).toEqual(leftOut);
  // Recorded at commit 9329e64 of the tests.
  expect({ passed, fragments }).toEqual({ passed: 1569, fragments: 192 });
});
