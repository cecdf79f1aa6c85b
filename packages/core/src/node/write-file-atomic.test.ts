import { readlinkSync } from 'node:fs';
import { mkdtemp, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeFileAtomic } from './write-file-atomic.js';

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
