import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactStoreContract } from '../testing/index.js';
import { DirectoryStore } from './directory-store.js';

const temporaryStore = async (): Promise<DirectoryStore> =>
  new DirectoryStore(await mkdtemp(join(tmpdir(), 'llm-store-')));

describe('DirectoryStore', () => {
  artifactStoreContract({ test, expect }, temporaryStore);

  test('what is no path is refused', () => {
    for (const path of ['a\0b', undefined, 7])
      expect(() => new DirectoryStore(path as string)).toThrow('it must be a path');
  });

  test('an unwritable place is a typed error that names the system code, and leaves no temporary file', async () => {
    const store = await temporaryStore();
    await store.write('file', Uint8Array.of(1));
    await expect(store.write('file/below', Uint8Array.of(2))).rejects.toMatchObject({
      code: 'core/write-failed',
    });
    expect(await readdir(store.directory)).toEqual(['file']);
    // A key through a file, or one that names a folder, is one that is not there.
    await store.write('folder/a', Uint8Array.of(1));
    for (const key of ['file/below', 'folder']) {
      await expect(store.read(key)).rejects.toMatchObject({ code: 'core/artifact-missing' });
      await expect(store.size(key)).rejects.toMatchObject({ code: 'core/artifact-missing' });
    }
  });

  test.each(['.', './out', 'out/', './/out//', 'out/../out'])(
    '"%s" is a directory like any other',
    async (name) => {
      const home = process.cwd();
      process.chdir(await mkdtemp(join(tmpdir(), 'llm-store-')));
      try {
        const store = new DirectoryStore(name);
        expect(await store.list('')).toEqual([]);
        await store.write('a/b', Uint8Array.of(1));
        await store.write('c', Uint8Array.of(1));
        expect(await store.list('')).toEqual(['a/b', 'c']);
        expect(await store.list('a/')).toEqual(['a/b']);
        process.chdir('/');
        expect(await store.has('a/b')).toBe(true);
      } finally {
        process.chdir(home);
      }
    },
  );

  test('folders go with the last artifact in them, and a writer that wants one back gets it', async () => {
    const store = await temporaryStore();
    await store.write('run/step-1/model', Uint8Array.of(1));
    await store.write('run/step-1/deep/er', Uint8Array.of(1));
    await store.write('run/step-2/model', Uint8Array.of(1));
    for (const key of ['run/step-1/model', 'run/step-1/deep/er']) await store.delete(key);
    expect(await readdir(store.path('run'))).toEqual(['step-2']);
    const busy = Array.from({ length: 40 }, async (_, i) => {
      await store.write(`x/y/${i}`, Uint8Array.of(i));
      await store.delete(`x/y/${i}`);
    });
    await Promise.all(busy);
    expect(await store.list('')).toEqual(['run/step-2/model']);
  });

  test('only names of temporary files are hidden', async () => {
    const store = await temporaryStore();
    await store.write('notes.tmp', Uint8Array.of(1));
    await writeFile(join(store.directory, 'model.123.4.tmp'), '');
    expect(await store.list('')).toEqual(['notes.tmp']);
  });
});
