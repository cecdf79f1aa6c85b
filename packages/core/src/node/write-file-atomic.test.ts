import { readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { removeTemporaryFiles, writeFileAtomic } from './write-file-atomic.js';

// Slow: every file and folder is flushed to the disk

const linux = process.platform === 'linux';
if (!linux)
  process.stderr.write('SKIPPED: which files are flushed is read from /proc, which only Linux has\n');

test.runIf(linux)(
  'the file is flushed before it gets its name, then every directory that got a name',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'llm-atomic-'));
    const handle = await open(directory);
    const prototype = Object.getPrototypeOf(handle) as { sync(this: typeof handle): Promise<void> };
    const flushed: string[] = [];
    const { sync } = prototype;
    const spy = vi.spyOn(prototype, 'sync').mockImplementation(function (this: typeof handle) {
      flushed.push(readlinkSync(`/proc/self/fd/${this.fd}`).slice(directory.length));
      return sync.call(this);
    });
    await writeFileAtomic(join(directory, 'a/b/file'), 'x');
    spy.mockRestore();
    await handle.close();
    expect(flushed[0]).toMatch(/^\/a\/b\/file\..*\.tmp$/);
    expect(flushed.slice(1)).toEqual(['/a/b', '/a', '']);
    expect(await readFile(join(directory, 'a/b/file'), 'utf8')).toBe('x');
  },
);

test('what killed writers left goes, in the folders below only when asked; everything else stays', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-atomic-'));
  await mkdir(join(directory, 'below'));
  for (const name of [
    'kept',
    'kept.tmp',
    'kept.1.tmp',
    'file.12.345.tmp',
    'below/file.1.2.tmp',
    'below/kept',
  ])
    await writeFile(join(directory, name), '');
  await removeTemporaryFiles(directory);
  expect((await readdir(directory)).sort()).toEqual(['below', 'kept', 'kept.1.tmp', 'kept.tmp']);
  expect(await readdir(join(directory, 'below'))).toHaveLength(2);
  await removeTemporaryFiles(directory, { recursive: true });
  expect(await readdir(join(directory, 'below'))).toEqual(['kept']);
  await removeTemporaryFiles(join(directory, 'none'), { recursive: true });
});

test('a writer whose temporary file is taken away writes again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-atomic-'));
  for (let i = 0; i < 100; i++) {
    const written = writeFileAtomic(join(directory, 'file'), `content ${i}`);
    for (let session = 0; session < 4; session++) await removeTemporaryFiles(directory);
    await written;
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe(`content ${i}`);
  }
  expect(await readdir(directory)).toEqual(['file']);
});
