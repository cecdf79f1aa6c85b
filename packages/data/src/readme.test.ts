import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

test('the example of the README runs and does what it says', async () => {
  const names = ['menu', 'short', 'funnel', 'text', 'keeper'];
  const { menu, short, funnel, text, keeper } = await readmeExample(import.meta.dirname, names);
  expect(menu).toEqual({ kind: 'drop', step: 'extraction', reason: 'empty' });
  expect(short).toEqual({ kind: 'drop', reason: 'gopher_short_doc' });
  expect(funnel).toMatchObject([
    { step: 'url', entered: 2, left: 2, dropped: {} },
    { step: 'repair', entered: 2, left: 2, dropped: {} },
    { step: 'extraction', entered: 2, left: 1, dropped: { empty: 1 } },
    { step: 'gopher-repetition', entered: 1 },
    { step: 'gopher-quality', entered: 1 },
    { step: 'c4', entered: 1 },
    { step: 'fineweb', entered: 1, left: 1 },
  ]);
  expect(text).toContain('Write to email@example.com, who keeps');
  expect(text).not.toContain('Home');
  expect(keeper).toEqual([0, 0]);
});

test('the README explains a page', async () => {
  const { step, reason, failed } = await readmeExample(
    import.meta.dirname,
    ['step', 'reason', 'failed'],
    'explain',
  );
  expect({ step, reason }).toEqual({ step: 'rare', reason: 'too-loud' });
  expect((failed as object[])[0]).toMatchObject({ name: 'too-loud', value: 5, threshold: 3 });
  expect((failed as { name: string }[]).map(({ name }) => name)).toContain('gopher_short_doc');
});

test('the words of the README are cut by the function given', async () => {
  const names = ['steps', 'words', 'cut'];
  const { steps, words, cut } = await readmeExample(import.meta.dirname, names, 'words of your own');
  expect(cut).toEqual(['ตา', 'กลม']);
  expect((steps as { name: string }[]).map(({ name }) => name)).toContain('gopher-quality');
  expect(words).toEqual(expect.arrayContaining(['磨坊', '。']));
});

test('the page of the README is Markdown', async () => {
  const names = ['page', 'title', 'author', 'license'];
  const { page, ...metadata } = await readmeExample(import.meta.dirname, names, 'markdown');
  expect(metadata).toEqual({ title: 'Ropes', author: 'Anna Gray', license: 'CC-BY-4.0' });
  expect((page as { text: string }).text).toBe(
    'A rope holds more than it weighs, and every sailor learns in the first week how to [tie it](https://harbour.example/tie):\n\n' +
      '```sh\ntie --knot bowline\n```\n\n| Rope | Holds |\n| --- | --- |\n| hemp | 900 kg |',
  );
});

test('the filter of the README has its row in the funnel and its line among the dropped pages', async () => {
  const { row, directory } = await readmeExample(import.meta.dirname, ['row', 'directory'], 'own filter');
  expect(row).toEqual({ step: 'no-placeholders', entered: 2, left: 1, dropped: { todo: 1 } });
  const dropped = gunzipSync(await readFile(join(String(directory), 'data/dropped.jsonl.gz')));
  expect(JSON.parse(dropped.toString())).toEqual({
    id: 'pages.jsonl#1',
    step: 'no-placeholders',
    reason: 'todo',
    line: 2,
  });
});

test('the README goes from a URL to a Parquet file with a card', { timeout: 60_000 }, async () => {
  const names = ['written', 'card', 'output', 'report'];
  const { written, card, output, report } = await readmeExample(
    import.meta.dirname,
    names,
    'from a URL to Parquet',
  );
  const { files } = written as { files: { name: string; documents: number }[] };
  const { kept } = report as { kept: number };
  expect(kept).toBeGreaterThan(10);
  expect(files).toMatchObject([{ name: 'part-00000.parquet', documents: kept }]);
  expect((await readdir(String(output))).sort()).toEqual([
    'README.md',
    'data-card.json',
    'part-00000.parquet',
  ]);
  expect(card).toMatchObject({
    documents: kept,
    steps: [{}, {}, {}, {}, {}, { options: { minWords: 50 } }, {}, {}],
  });
});

test('the mixture of the README has the shares it says', async () => {
  const { mixture, mixed } = await readmeExample(import.meta.dirname, ['mixture', 'mixed'], 'mix');
  const { groups } = mixture as { groups: ReadonlyMap<string, { epochs: number }> };
  expect(groups.get('books')!.epochs).toBeCloseTo(1.25, 1);
  expect(Math.abs((mixed as { documents: number }).documents - 2000)).toBeLessThan(5);
});

test('the README cuts out what repeats and leaves out what evaluations hold', async () => {
  const names = ['dropped', 'removed', 'texts'];
  const example = await readmeExample(import.meta.dirname, names, 'repeats and evaluations');
  expect({ ...example }).toEqual({
    dropped: { contaminated: 1 },
    removed: { sentences: 3, bytes: 0 },
    texts: [
      'The mill is old. This page uses cookies. They are small files. You may refuse them. It stands by the river.',
      'The bell rings at noon. Nobody knows who rings it.',
    ],
  });
});
