import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockRun } from './run-lock.js';

const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'llm-lock-'));

describe('run lock', () => {
  test('is taken, released, and taken over from a process that is gone', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'run.lock');
    const unlock = lockRun(directory);
    expect(existsSync(path)).toBe(true);
    unlock();
    expect(existsSync(path)).toBe(false);
    // No process has this id: it is beyond the largest Linux gives.
    writeFileSync(path, '4194999 1');
    lockRun(directory)();
    writeFileSync(path, 'rubbish');
    lockRun(directory)();
  });

  test('a living owner keeps it; the same id with another start time is not the owner', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)']);
    await new Promise((resolve) => child.on('spawn', resolve));
    writeFileSync(join(directory, 'run.lock'), String(child.pid));
    expect(() => lockRun(directory)).toThrow(`Process ${child.pid} is working on ${directory}`);
    if (process.platform === 'linux') {
      writeFileSync(join(directory, 'run.lock'), `${child.pid} 1`);
      lockRun(directory)();
    }
    child.kill();
  });
});
