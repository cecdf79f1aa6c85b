/**
 * `runs/latest`: which run is the newest. A symbolic link where the system has them, otherwise a file that
 * says `run: ` and the directory (as git's `.git` files do); both are followed wherever a run directory is
 * named.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { errorWithCode } from '../system-error.js';

export const runsDirectory = 'runs';
export const latestRun: string = join(runsDirectory, 'latest');

const pointer = /^run: (.+)\n$/;
const longestPointer = 4096;

/** The directory that a path means: that of a pointer file, or the path itself. It need not exist. */
export function followPointer(path: string): string {
  try {
    const entry = lstatSync(path);
    if (entry.isSymbolicLink()) return resolve(dirname(path), readlinkSync(path));
    if (!entry.isFile() || entry.size > longestPointer) return path;
    const target = pointer.exec(readFileSync(path, 'utf8'))?.[1];
    return target === undefined ? path : resolve(dirname(path), target);
  } catch {
    return path;
  }
}

export function isLatest(path: string): boolean {
  return resolve(path) === resolve(latestRun);
}

/** Whether `runs/latest` leads to a run. */
export function hasLatest(): boolean {
  return existsSync(join(followPointer(latestRun), 'config.json'));
}

/**
 * Points `runs/latest` at a run. Where it cannot be written nothing is lost, so that is no error. The result
 * points it back to what it was, unless it has moved on.
 */
export function pointLatestAt(runDirectory: string): () => void {
  const before = pointedAt();
  const target = resolve(runDirectory);
  if (before === target) return () => undefined;
  write(target);
  return () => {
    if (pointedAt() !== target) return;
    if (before !== undefined) write(before);
    else rmSync(latestRun, { force: true });
  };
}

function pointedAt(): string | undefined {
  const target = followPointer(latestRun);
  return target === latestRun ? undefined : target;
}

function write(target: string): void {
  const inside = dirname(target) === resolve(runsDirectory);
  const name = inside ? relative(resolve(runsDirectory), target) : target;
  try {
    mkdirSync(runsDirectory, { recursive: true });
    // A directory of that name is somebody's run.
    if (lstatSync(latestRun, { throwIfNoEntry: false })?.isDirectory()) return;
    removeForgotten();
    const temporary = `${latestRun}.${process.pid}.tmp`;
    try {
      symlinkSync(name, temporary, 'dir');
    } catch (error) {
      if (errorWithCode(error)?.code === 'EEXIST') throw error;
      writeFileSync(temporary, `run: ${name}\n`);
    }
    try {
      renameSync(temporary, latestRun);
    } catch {
      // Windows does not rename over a link.
      rmSync(latestRun, { force: true });
      renameSync(temporary, latestRun);
    }
  } catch {
    // an explicit --run may be used from a place that cannot be written
  }
}

/** What a process killed between the two steps left. */
function removeForgotten(): void {
  for (const name of readdirSync(runsDirectory))
    if (/^latest\.\d+\.tmp$/.test(name)) rmSync(join(runsDirectory, name), { force: true });
}
