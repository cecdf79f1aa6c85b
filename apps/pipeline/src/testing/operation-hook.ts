/**
 * Loaded with `--import` before the program: counts what it writes into a directory, operation by operation,
 * and at the chosen one kills the process or fills the disk. Only tests load it; the program knows nothing of
 * it. `LLM_OPERATIONS` says what to do.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import { groupOf, isReached, type OperationPlan } from './operation-plan.js';

const plan = JSON.parse(process.env.LLM_OPERATIONS ?? 'null') as OperationPlan | null;
const counts = new Map<string, number>();
let isFull = false;

type Step = 'go on' | 'kill before' | 'kill half-way' | 'kill after' | 'no space';

/** Called for every operation that changes something; says what is to happen to it. */
function next(name: string, path: unknown): Step {
  if (plan === null || typeof path !== 'string') return 'go on';
  const key = relative(plan.directory, resolve(path)).split(sep).join('/');
  if (key === '' || key.startsWith('..')) return 'go on';
  const group = groupOf(key);
  const count = (counts.get(group) ?? 0) + 1;
  counts.set(group, count);
  if (plan.log !== undefined) appendToLog(plan.log, `${group} ${name} ${key}\n`);
  const { moment } = plan;
  if (!isFull && (moment === undefined || !isReached(moment, group, count))) return 'go on';
  if (moment?.how !== 'no space') return moment?.how ?? 'go on';
  isFull = true;
  return needSpace.has(name) ? 'no space' : 'go on';
}

/** Deleting, renaming and flushing go on when the disk is full. */
const needSpace = new Set([
  'writeSync',
  'writeFileSync',
  'writeFile',
  'appendFile',
  'mkdir',
  'mkdirSync',
  'linkSync',
]);

const appendToLog = fs.appendFileSync.bind(fs);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function noSpace(path: unknown): Error {
  const error = new Error(`ENOSPC: no space left on device, write '${String(path)}'`);
  return Object.assign(error, { code: 'ENOSPC', errno: -28, syscall: 'write', path });
}

type Content = string | Uint8Array;
const half = (content: Content): Content => content.slice(0, Math.floor(content.length / 2));

// biome-ignore lint/suspicious/noExplicitAny: wrappers for functions of many forms
type AnyFunction = (...parameters: any[]) => any;

/** `pathOf`: the file of a call. `cut`: the parameters of a call that gets only half of its work done. */
function wrap(
  owner: Record<string, AnyFunction>,
  name: string,
  pathOf: (self: unknown, parameters: readonly unknown[]) => unknown,
  cut?: (parameters: readonly unknown[]) => unknown[],
): void {
  const original = owner[name] as AnyFunction;
  owner[name] = function (this: unknown, ...parameters: unknown[]): unknown {
    const path = pathOf(this, parameters);
    const step = next(name, path);
    if (step === 'go on') return original.apply(this, parameters);
    if (step === 'kill before') die();
    const work = (): unknown =>
      step !== 'kill after' && cut !== undefined
        ? original.apply(this, cut(parameters))
        : step === 'kill after'
          ? original.apply(this, parameters)
          : undefined;
    const after = (): never => {
      if (step === 'no space') throw noSpace(path);
      die();
    };
    const result = work();
    return result instanceof Promise ? result.then(after) : after();
  };
}

if (plan !== null) {
  const sync = fs as unknown as Record<string, AnyFunction>;
  const promises = fs.promises as unknown as Record<string, AnyFunction>;
  const first = (_: unknown, [path]: readonly unknown[]): unknown => path;
  const second = (_: unknown, [, path]: readonly unknown[]): unknown => path;
  const paths = new Map<number, string>();
  const ofFile = (_: unknown, [file]: readonly unknown[]): unknown =>
    typeof file === 'number' ? paths.get(file) : file;

  // Which file a descriptor is; opening for writing changes something by itself.
  const remember = (
    owner: Record<string, AnyFunction>,
    name: string,
    descriptor: (result: never) => number,
  ): void => {
    const original = owner[name] as AnyFunction;
    owner[name] = (path: unknown, flags: unknown = 'r', ...rest: unknown[]): unknown => {
      const opened = (result: unknown): unknown => {
        if (typeof path === 'string') paths.set(descriptor(result as never), path);
        return result;
      };
      const result: unknown = original.call(fs, path, flags, ...rest);
      return result instanceof Promise ? result.then(opened) : opened(result);
    };
  };
  remember(sync, 'openSync', (file: number) => file);
  remember(promises, 'open', ({ fd }: { readonly fd: number }) => fd);

  wrap(sync, 'writeSync', ofFile, ([file, content]) => [file, half(content as Content)]);
  wrap(sync, 'writeFileSync', ofFile, ([file, content, options]) => [
    file,
    half(content as Content),
    options,
  ]);
  wrap(sync, 'fsyncSync', ofFile);
  wrap(sync, 'renameSync', second);
  wrap(sync, 'linkSync', second);
  wrap(sync, 'mkdirSync', first);
  wrap(sync, 'rmSync', first);
  wrap(promises, 'rename', second);
  wrap(promises, 'mkdir', first);
  wrap(promises, 'rm', first);
  wrap(promises, 'rmdir', first);

  const probe = await fs.promises.open(process.execPath);
  const handles = Object.getPrototypeOf(probe) as Record<string, AnyFunction>;
  await probe.close();
  const ofHandle = (self: unknown): unknown => paths.get((self as { readonly fd: number }).fd);
  for (const name of ['writeFile', 'appendFile'])
    wrap(handles, name, ofHandle, ([content, ...rest]) => [half(content as Content), ...rest]);
  wrap(handles, 'sync', ofHandle);
  syncBuiltinESMExports();
}
