// Slow: many processes compete, and a heart beats every two seconds
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeMyself, type LockOwner, ownerText } from './lock-owner.js';
import { lockRun } from './run-lock.js';

const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'llm-lock-'));
/** No process has this id: it is beyond the largest Linux gives. */
const noProcess = 4_194_999;
const isLinux = process.platform === 'linux';

interface Contender {
  readonly process: ChildProcess;
  line(): Promise<string>;
}

/** Makes a process meet a file system without hard links. */
const withoutLinks = `data:text/javascript,${encodeURIComponent(`
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
fs.linkSync = () => { throw Object.assign(new Error('no links'), { code: 'EPERM' }); };
syncBuiltinESMExports();
`)}`;

function contend(
  folders: readonly string[],
  {
    prefix = [],
    flags = [],
  }: { readonly prefix?: readonly string[]; readonly flags?: readonly string[] } = {},
): Contender {
  const [command, ...rest] = [
    ...prefix,
    process.execPath,
    ...flags,
    '--conditions=@llm/source',
    '--import',
    'tsx',
    fileURLToPath(new URL('../testing/lock-contender.ts', import.meta.url)),
    ...folders,
  ];
  const child = spawn(command as string, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, line: async () => String((await lines.next()).value) };
}

const owner = (changes: Partial<LockOwner>): string => ownerText({ ...describeMyself(), ...changes });
const place = (directory: string, content: string, secondsOld = 0): void => {
  const path = join(directory, 'run.lock');
  writeFileSync(path, content);
  const time = Date.now() / 1000 - secondsOld;
  utimesSync(path, time, time);
};

describe('run lock', () => {
  test('is taken and released, and leaves nothing', () => {
    const directory = temporaryDirectory();
    const unlock = lockRun(directory);
    expect(readdirSync(directory)).toEqual(['run.lock']);
    expect(() => lockRun(directory)).toThrow(`Process ${process.pid} is working on ${directory}`);
    unlock();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each([
    ['a process that is gone', owner({ pid: noProcess })],
    ['one of the old form', `${noProcess} 1`],
    ...(isLinux ? ([['this process id, in an earlier life', owner({ started: '1' })]] as const) : []),
    ['rubbish', 'rubbish'],
    ['nothing at all, after a power loss', ''],
  ] as const)('is taken over from %s', (_, content) => {
    const directory = temporaryDirectory();
    place(directory, content);
    lockRun(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('a link to nowhere in its place is named', () => {
    const directory = temporaryDirectory();
    symlinkSync('gone', join(directory, 'run.lock'));
    expect(() => lockRun(directory)).toThrow(/run\.lock can be neither made nor read; delete it/);
  });

  test('is taken over from a process that died while it took the lock over', () => {
    const directory = temporaryDirectory();
    const dead = owner({ pid: noProcess });
    place(directory, dead);
    const door = `run.lock.taking-${createHash('sha256').update(dead).digest('hex').slice(0, 16)}`;
    writeFileSync(join(directory, door), owner({ pid: noProcess }));
    writeFileSync(join(directory, 'run.lock.taking-0'), owner({ pid: noProcess }));
    lockRun(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a living owner keeps it; the same id with another start time is not the owner', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)']);
    await new Promise((resolve) => child.on('spawn', resolve));
    place(directory, String(child.pid));
    expect(() => lockRun(directory)).toThrow(`Process ${child.pid} is working on ${directory}`);
    if (isLinux) {
      place(directory, `${child.pid} 1`);
      lockRun(directory)();
    }
    child.kill();
  });

  test('an owner that cannot be asked is alive as long as its heart beats, whatever its process id', async () => {
    const directory = temporaryDirectory();
    // The same id as ours, on another machine.
    const foreign = owner({ host: 'elsewhere', boot: 'another' });
    place(directory, foreign, 60);
    lockRun(directory)();
    place(directory, foreign);
    const beating = spawn(process.execPath, [
      '-e',
      `setInterval(() => require('fs').utimesSync(${JSON.stringify(join(directory, 'run.lock'))}, new Date(), new Date()), 300)`,
    ]);
    await new Promise((resolve) => beating.on('spawn', resolve));
    const notes: string[] = [];
    expect(() => lockRun(directory, { note: (line) => notes.push(line) })).toThrow(
      `Process ${process.pid} of another machine or container (elsewhere) is working on`,
    );
    expect(notes).toEqual([expect.stringContaining('waiting up to 20 s')]);
    beating.kill();
  });

  test('the lock is written again and again while it is held, and its loss is told', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'run.lock');
    let lost = '';
    const unlock = lockRun(directory, { onLost: ({ code }) => (lost = code) });
    const mine = readFileSync(path, 'utf8');
    utimesSync(path, 1, 1);
    // The main thread is busy: the heart beats all the same.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    expect(() => lockRun(directory)).toThrow('is working on');
    expect(readFileSync(path, 'utf8')).toBe(mine);
    writeFileSync(path, owner({ pid: noProcess }));
    for (let waited = 0; waited < 20_000 && lost === ''; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lost).toBe('pipeline/run-lock-lost');
    unlock();
    expect(existsSync(path)).toBe(true);
  });

  test.each([
    ['', []],
    [', on a file system without hard links', ['--import', withoutLinks]],
  ])(
    'of many processes that start at once exactly one owns the run, with a dead lock in the way or without%s',
    async (_, flags) => {
      const directory = temporaryDirectory();
      const inTheWay = [
        undefined,
        owner({ pid: noProcess }),
        `${noProcess} 1`,
        'rubbish',
        owner({ host: 'elsewhere' }),
      ];
      const rounds = Array.from({ length: 25 }, (_, round) => {
        const folder = join(directory, String(round));
        mkdirSync(folder);
        const content = inTheWay[round % inTheWay.length];
        if (content !== undefined) place(folder, content, 60);
        return folder;
      });
      const contenders = Array.from({ length: 6 }, () => contend(rounds, { flags }));
      const all = (): Promise<string[]> => Promise.all(contenders.map(({ line }) => line()));
      await all();
      for (const folder of rounds) {
        writeFileSync(join(folder, 'go'), '');
        expect((await all()).sort()).toEqual([...Array(5).fill('busy'), 'owner']);
        writeFileSync(join(folder, 'end'), '');
        await all();
        expect(readdirSync(folder).sort()).toEqual(['end', 'go']);
      }
    },
  );

  const canUnshare =
    isLinux && spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
  if (!canUnshare)
    process.stderr.write(
      'SKIPPED: two containers with equal process ids (unshare --pid needs root on Linux)\n',
    );

  test.runIf(canUnshare)('of two containers with equal process ids one owns the run', async () => {
    const directory = temporaryDirectory();
    const prefix = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const contenders = [contend([directory], { prefix }), contend([directory], { prefix })];
    for (const { line } of contenders) expect(await line()).toBe('ready');
    writeFileSync(join(directory, 'go'), '');
    expect((await Promise.all(contenders.map(({ line }) => line()))).sort()).toEqual(['busy', 'owner']);
    expect(readFileSync(join(directory, 'run.lock'), 'utf8')).toMatch(/^1 /);
    writeFileSync(join(directory, 'end'), '');
  });
});
