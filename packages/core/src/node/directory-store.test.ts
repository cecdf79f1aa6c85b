import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { artifactStoreContract } from '../testing/index.js';
import { DirectoryStore } from './directory-store.js';

const temporaryStore = async (): Promise<DirectoryStore> =>
  new DirectoryStore(await mkdtemp(join(tmpdir(), 'llm-store-')));

describe('DirectoryStore', () => {
  artifactStoreContract({ test, expect }, temporaryStore);

  test('an unwritable place is a typed error that names the system code, and leaves no temporary file', async () => {
    const store = await temporaryStore();
    await store.write('file', Uint8Array.of(1));
    await expect(store.write('file/below', Uint8Array.of(2))).rejects.toMatchObject({
      code: 'core/write-failed',
    });
    expect(await readdir(store.directory)).toEqual(['file']);
  });
});
