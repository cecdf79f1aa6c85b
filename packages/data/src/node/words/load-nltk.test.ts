import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadNltk } from './load-nltk.js';

it('reads the files of a folder of punkt_tab, and says which is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'punkt-'));
  await expect(loadNltk(folder)).rejects.toMatchObject({ code: 'data/punkt-missing' });
  for (const [name, text] of [
    ['abbrev_types.txt', 'mr\n'],
    ['collocations.tab', ''],
    ['sent_starters.txt', 'the\n'],
    ['ortho_context.tab', 'gray\t4\n'],
  ] as const)
    await writeFile(join(folder, name), text);
  const { words, sentences } = await loadNltk(folder);
  expect(sentences('Mr. Gray left. He lost it.')).toEqual(['Mr. Gray left.', 'He lost it.']);
  expect(words('Mr. Gray left.')).toEqual(['Mr.', 'Gray', 'left', '.']);
});
