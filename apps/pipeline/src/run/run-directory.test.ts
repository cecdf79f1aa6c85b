import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasLatest, pointLatestAt } from './latest-run.js';
import { existingRunDirectory, openRunDirectory, wantedRunDirectory } from './run-directory.js';

// A file system that has no symbolic links, when a test asks for one.
const system = vi.hoisted(() => ({ hasLinks: true }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const symlinkSync: typeof real.symlinkSync = (...parameters) => {
    if (system.hasLinks) return real.symlinkSync(...parameters);
    throw Object.assign(new Error('EPERM: operation not permitted, symlink'), { code: 'EPERM' });
  };
  return { ...real, symlinkSync };
});

const home = process.cwd();
beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), 'llm-runs-')));
  system.hasLinks = true;
});
afterEach(() => process.chdir(home));

const makeRun = (path: string): string => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'config.json'), '{}');
  return path;
};

describe.each([
  ['with symbolic links', true],
  ['without symbolic links', false],
])('runs/latest %s', (_, hasLinks) => {
  test('leads to the newest run, inside runs/ or elsewhere', () => {
    system.hasLinks = hasLinks;
    expect(hasLatest()).toBe(false);
    for (const path of [makeRun('runs/one'), makeRun('runs/two'), makeRun('elsewhere')]) {
      pointLatestAt(path);
      expect(lstatSync('runs/latest').isSymbolicLink()).toBe(hasLinks);
      expect(existingRunDirectory(undefined)).toBe(normalize(path));
      expect(existingRunDirectory('runs/latest')).toBe(normalize(path));
      expect(openRunDirectory(wantedRunDirectory('./runs/latest')).path).toBe(normalize(path));
    }
    expect(readdirSync('runs').sort()).toEqual(['latest', 'one', 'two']);
  });

  test('goes back to what it was, unless another run has taken it since', () => {
    system.hasLinks = hasLinks;
    const pointBackToNothing = pointLatestAt(makeRun('runs/one'));
    pointBackToNothing();
    expect(existsSync('runs/latest')).toBe(false);
    pointLatestAt('runs/one');
    const pointBack = pointLatestAt(makeRun('runs/two'));
    pointBack();
    expect(existingRunDirectory(undefined)).toBe(join('runs', 'one'));
    const tooLate = pointLatestAt('runs/two');
    pointLatestAt(makeRun('runs/three'));
    tooLate();
    expect(existingRunDirectory(undefined)).toBe(join('runs', 'three'));
  });

  test('that leads nowhere is said, and what there is', () => {
    system.hasLinks = hasLinks;
    makeRun('runs/one');
    pointLatestAt(makeRun('runs/two'));
    rmSync('runs/two', { recursive: true });
    expect(hasLatest()).toBe(false);
    expect(() => existingRunDirectory(undefined)).toThrow(
      /runs.latest points to .*runs.two, which is gone\. Name one of the 1 that are there: --run runs.one/,
    );
  });
});

test('a run that is asked to go on with the latest, when there is none, is a new one and not a folder of that name', () => {
  expect(wantedRunDirectory('runs/latest')).toBeUndefined();
  expect(() => existingRunDirectory(undefined)).toThrow('There is no run yet');
  const opened = [1, 2, 3].map(() => openRunDirectory(undefined));
  for (const { path } of opened) expect(path).toMatch(/^runs.\d{4}-\d\d-\d\dT[\d-]+$/);
  expect(new Set(opened.map(({ path }) => path)).size).toBe(3);
  expect(opened.map(({ removeIfEmpty }) => removeIfEmpty())).toEqual([true, true, true]);
});

test('a file that says nothing of a run is no pointer', () => {
  writeFileSync('notes', 'run: \n');
  writeFileSync('text', 'elsewhere\n');
  expect([wantedRunDirectory('notes'), wantedRunDirectory('text')]).toEqual(['notes', 'text']);
});

test('what a killed process left of moving the pointer is cleared up', () => {
  mkdirSync('runs');
  symlinkSync('gone', 'runs/latest.123.tmp');
  pointLatestAt(makeRun('runs/one'));
  expect(readdirSync('runs').sort()).toEqual(['latest', 'one']);
});

describe('a start that failed', () => {
  test('leaves no directory that it made, nor the folders above it', () => {
    const { path, removeIfEmpty } = openRunDirectory('deep/er/run');
    for (const name of ['config.json', 'events.jsonl', 'run.lock', 'report.md'])
      writeFileSync(join(path, name), '');
    mkdirSync(join(path, 'data/work'), { recursive: true });
    writeFileSync(join(path, 'data/stage.json'), '{}');
    expect(removeIfEmpty()).toBe(true);
    expect(readdirSync('.')).toEqual([]);
  });

  test('leaves what holds anything, or was there before', () => {
    const made = openRunDirectory('made');
    mkdirSync(join(made.path, 'data'));
    writeFileSync(join(made.path, 'data/dropped.jsonl.gz'), 'x');
    expect(made.removeIfEmpty()).toBe(false);
    expect(readFileSync('made/data/dropped.jsonl.gz', 'utf8')).toBe('x');
    mkdirSync('before');
    expect(openRunDirectory('before').removeIfEmpty()).toBe(false);
    expect(existsSync('before')).toBe(true);
  });
});
