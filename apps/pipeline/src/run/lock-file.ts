/**
 * A lock as a file that exists while somebody holds it, with one holder among any number of processes that
 * try at once:
 *
 * - it appears whole (a hard link to a finished file), so that nobody reads half a name and takes it for
 *   rubbish;
 * - a dead holder's lock is replaced, never deleted and made anew: whoever replaces this very lock holds,
 *   meanwhile, a lock of its own named after the dead one's content, and reads the lock again once it has
 *   that. Content never comes back, so a slow process with an old opinion finds another content and lets go;
 * - whether a holder lives is asked of the system where it can be, and is otherwise seen from its heartbeat:
 *   the time of the file, compared with that of a file just written beside it, so that no two clocks have to
 *   agree.
 */
import { createHash, randomInt } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorWithCode } from '../system-error.js';
import { describeMyself, type LockOwner, ownerText, parseOwner, stateOf } from './lock-owner.js';

export interface HeldLock {
  readonly text: string;
  release(): void;
}

export interface LockFileOptions {
  /** Without a heartbeat for so long an owner that cannot be asked counts as dead. */
  readonly silenceMilliseconds: number;
  /** Called once when it takes waiting to see whether the owner lives. */
  readonly onWait?: ((owner: LockOwner) => void) | undefined;
}

/** Takes the lock, or returns the living owner. */
export function takeLock(path: string, options: LockFileOptions): HeldLock | LockOwner {
  const mine = describeMyself();
  const text = ownerText(mine);
  const release = (): void => {
    if (contentOf(path) === text) rmSync(path, { force: true });
  };
  let watched: { readonly text: string; readonly time: number; readonly since: number } | undefined;
  for (let released = 0; ; ) {
    const found = create(path, text);
    if (found === undefined) return { text, release };
    if (found === '') {
      // Released in between, but not every time: a link to nowhere is in the way and holds nothing.
      if (++released > 300) throw new Error(`${path} can be neither made nor read; delete it.`);
      if (released > 100) sleep(10);
      continue;
    }
    released = 0;
    if (found === text) return { text, release };
    const owner = parseOwner(found);
    const state = owner === undefined ? 'dead' : stateOf(owner, mine);
    if (owner !== undefined && state === 'alive') return owner;
    if (owner !== undefined && state === 'unseen') {
      const beat = heartbeat(path);
      if (beat === undefined) continue;
      if (watched?.text !== found) watched = { text: found, time: beat.time, since: performance.now() };
      if (beat.time !== watched.time) return owner;
      const waited = performance.now() - watched.since;
      if (Math.max(beat.age, waited) < options.silenceMilliseconds) {
        if (waited < 1) options.onWait?.(owner);
        sleep(200);
        continue;
      }
    }
    if (replace(path, found, text, options)) return { text, release };
  }
}

export function isHeld(lock: HeldLock | LockOwner): lock is HeldLock {
  return 'release' in lock;
}

/** Deletes what processes left that died while they took the lock over. Only for its holder. */
export function removeRemnants(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(path)}.taking-`)) rmSync(join(folder, name), { force: true });
}

/** The content of the lock in the way, empty when that is gone again; undefined when it is made. */
function create(path: string, text: string): string | undefined {
  const whole = temporaryName(path);
  try {
    writeFileSync(whole, text, { flag: 'wx' });
    linkSync(whole, path);
    return undefined;
  } catch (error) {
    const code = errorWithCode(error)?.code;
    if (code === 'EEXIST') return settledContent(path);
    // The owner of a run clears up temporary files.
    if (code === 'ENOENT' && existsSync(dirname(path))) return '';
    if (code === undefined || !linkless.has(code)) throw error;
    return createWithoutLinks(path, text);
  } finally {
    rmSync(whole, { force: true });
  }
}

/** What file systems without hard links answer. */
const linkless = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL']);

function createWithoutLinks(path: string, text: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if (errorWithCode(error)?.code === 'EEXIST') return settledContent(path);
    throw error;
  }
  try {
    writeSync(file, text);
    return undefined;
  } finally {
    closeSync(file);
  }
}

/**
 * Content, once there is some: without links a lock is empty for a moment. One that stays empty is rubbish.
 */
function settledContent(path: string): string {
  for (let waited = 0; waited < 2000; waited += 50) {
    const content = contentOf(path);
    if (content === undefined) return '';
    if (content !== '') return content;
    sleep(50);
  }
  return 'empty';
}

function replace(path: string, dead: string, text: string, options: LockFileOptions): boolean {
  const content = dead === 'empty' ? '' : dead;
  const name = createHash('sha256').update(dead).digest('hex').slice(0, 16);
  const door = takeLock(`${path}.taking-${name}`, { ...options, onWait: undefined });
  if (!isHeld(door)) {
    sleep(20);
    return false;
  }
  try {
    if (contentOf(path) !== content) return false;
    const whole = temporaryName(path);
    try {
      writeFileSync(whole, text, { flag: 'wx' });
      renameSync(whole, path);
      return true;
    } catch (error) {
      if (errorWithCode(error)?.code === 'ENOENT' || isBusy(error)) return false;
      throw error;
    } finally {
      rmSync(whole, { force: true });
    }
  } finally {
    door.release();
  }
}

/**
 * When the owner last touched its lock, and how long ago that is by the clock of the file system; undefined
 * when it is gone.
 */
function heartbeat(path: string): { readonly time: number; readonly age: number } | undefined {
  const beside = temporaryName(path);
  try {
    writeFileSync(beside, '', { flag: 'wx' });
    const now = statSync(beside).mtimeMs;
    const time = statSync(path).mtimeMs;
    return { time, age: now - time };
  } catch (error) {
    if (errorWithCode(error)?.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

function contentOf(path: string): string | undefined {
  for (let attempt = 1; ; attempt++) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (errorWithCode(error)?.code === 'ENOENT') return undefined;
      if (!isBusy(error) || attempt === 100) throw error;
      sleep(10);
    }
  }
}

/** Windows refuses a file for the moment in which another process deletes or renames it. */
function isBusy(error: unknown): boolean {
  return (
    process.platform === 'win32' && ['EPERM', 'EBUSY', 'EACCES'].includes(errorWithCode(error)?.code ?? '')
  );
}

/**
 * A name as `writeFileAtomic` gives them: what is left of a killed process is cleared up with its other
 * temporary files.
 */
function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomInt(2 ** 47)}.tmp`;
}

/** Nothing else runs yet in a process that waits for its lock. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
