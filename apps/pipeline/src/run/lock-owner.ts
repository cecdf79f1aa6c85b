/**
 * Who holds a lock, written so that it is told apart from every other process: also from one with the same
 * process id in another container, after a restart, or on another machine that shares the directory.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorWithCode } from '../system-error.js';

export interface LockOwner {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process (Linux). */
  readonly started: string | undefined;
  /** Differs for every lock that was ever taken. */
  readonly token: string | undefined;
  /** Of the running system (Linux). */
  readonly boot: string | undefined;
  /** The process ids that `pid` is one of (Linux): every container has its own. */
  readonly namespace: string | undefined;
  readonly host: string | undefined;
}

const unknown = '-';

export function describeMyself(): LockOwner {
  return {
    pid: process.pid,
    started: procIsOurs() ? startOf('self')?.started : undefined,
    token: randomBytes(8).toString('hex'),
    boot: contentOf('/proc/sys/kernel/random/boot_id'),
    namespace: linkOf('/proc/self/ns/pid'),
    host: hostname().replaceAll(/\s/g, '_') || undefined,
  };
}

export function ownerText({ pid, started, token, boot, namespace, host }: LockOwner): string {
  return [pid, started, token, boot, namespace, host].map((part) => part ?? unknown).join(' ');
}

/** `undefined` for what no lock of ours says. */
export function parseOwner(text: string): LockOwner | undefined {
  const [pid, ...rest] = text.trim().split(' ');
  if (!/^[1-9]\d*$/.test(pid ?? '')) return undefined;
  const [started, token, boot, namespace, host] = rest.map((part) => (part === unknown ? undefined : part));
  return { pid: Number(pid), started, token, boot, namespace, host };
}

/**
 * `unseen`: it cannot be asked from here (another machine or container, or a system that does not tell when a
 * process started); only its heartbeat tells.
 */
export function stateOf(owner: LockOwner, mine: LockOwner): 'alive' | 'dead' | 'unseen' {
  // A lock from before there were tokens says nothing about machines.
  const isHere =
    owner.token === undefined ||
    (owner.host === mine.host && owner.boot === mine.boot && owner.namespace === mine.namespace);
  if (!isHere) return 'unseen';
  if (owner.pid === process.pid && owner.token === undefined) return 'dead';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errorWithCode(error)?.code === 'ESRCH') return 'dead';
  }
  const now = procIsOurs() ? startOf(owner.pid) : undefined;
  if (now?.isZombie) return 'dead';
  if (now !== undefined && owner.started !== undefined)
    return now.started === owner.started ? 'alive' : 'dead';
  return owner.token === undefined ? 'alive' : 'unseen';
}

/** `unshare --pid` without a new /proc leaves one that numbers processes as somebody else does. */
function procIsOurs(): boolean {
  return contentOf('/proc/self/stat')?.split(' ')[0] === String(process.pid);
}

function startOf(pid: number | 'self'): { readonly started: string; readonly isZombie: boolean } | undefined {
  const stat = contentOf(`/proc/${pid}/stat`);
  // The second field is the name, in parentheses, and may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = fields?.[19];
  return started === undefined
    ? undefined
    : { started, isZombie: fields?.[0] === 'Z' || fields?.[0] === 'X' };
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
