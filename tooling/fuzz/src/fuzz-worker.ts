/**
 * Gives the target that the main thread names damaged inputs,
 * one after the other, and says before each which one it is.
 */
import { setImmediate } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { createRandom, LlmError } from '@llm/core';
import type { FuzzTarget } from './fuzz-target.js';
import { mutate } from './mutate.js';
import { targets } from './targets.js';

export interface FuzzTask {
  readonly seed: number;
  readonly shared: Int32Array;
}

export interface FuzzFault {
  readonly target: number;
  readonly index: number;
  readonly error: string;
}

/**
 * The most that one input of a target allocated: heap and external memory before and after it, which is no
 * less than its peak unless the collector ran in between.
 */
export interface FuzzMemory {
  readonly target: number;
  readonly index: number;
  readonly allocatedBytes: number;
  readonly fileBytes: number;
  /** What reading the whole files allocates, each alone at its second reading, the most of them. */
  readonly wholeBytes: number;
}

/** Places in `FuzzTask.shared`. */
export const places = {
  /** Number of the target to work on; whoever sets it is the main thread. */
  target: 0,
  /** When the input at hand was begun: ms since the epoch, low 31 bits; 0 before the first. */
  begun: 1,
  /** Number of the target that the input at hand is for. */
  current: 2,
  /** From here on the number of each target's input at hand, or its next. */
  inputs: 3,
} as const;

/** Input number `index` of a target: the same for the same seed. */
export function fuzzInput(
  { name, seeds }: FuzzTarget,
  seed: number,
  index: number,
): { readonly bytes: Uint8Array; readonly file: string } {
  const random = createRandom(seed, 'fuzz', name, index);
  const [file, whole] = random.pick(Object.entries(seeds));
  return { bytes: mutate(whole, random), file };
}

function allocated(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

async function wholeBytes({ seeds, run }: FuzzTarget): Promise<number> {
  /** Some whole files are refused, too. */
  const read = async (file: string, bytes: Uint8Array): Promise<void> => {
    try {
      await run(bytes.slice(), file);
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
    }
  };
  let most = 0;
  for (const [file, bytes] of Object.entries(seeds)) {
    await read(file, bytes);
    const before = allocated();
    await read(file, bytes);
    most = Math.max(most, allocated() - before);
  }
  return most;
}

if (parentPort !== null) {
  const { seed, shared } = workerData as FuzzTask;
  const whole = new Map<number, number>();
  const most = new Map<number, number>();
  for (;;) {
    const number = Atomics.load(shared, places.target);
    const target = targets[number]!;
    const index = Atomics.load(shared, places.inputs + number);
    const { bytes, file } = fuzzInput(target, seed, index);
    Atomics.store(shared, places.current, number);
    Atomics.store(shared, places.begun, Date.now() & 0x7fffffff);
    if (!whole.has(number)) whole.set(number, await wholeBytes(target));
    const before = allocated();
    try {
      await target.run(bytes, file);
    } catch (error) {
      // Broken input is refused with a typed error; anything else is a fault of the parser.
      if (!LlmError.isInstance(error)) {
        const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const fault: FuzzFault = { target: number, index, error: `${file}: ${what}` };
        parentPort.postMessage(fault);
      }
    }
    const allocatedBytes = allocated() - before;
    if (allocatedBytes > (most.get(number) ?? 0)) {
      most.set(number, allocatedBytes);
      const memory: FuzzMemory = {
        ...{ target: number, index, allocatedBytes },
        fileBytes: bytes.length,
        wholeBytes: whole.get(number)!,
      };
      parentPort.postMessage(memory);
    }
    Atomics.add(shared, places.inputs + number, 1);
    // What streams put off to the next turn (closing one that failed) must not pile up.
    if (index % 64 === 0) await setImmediate();
  }
}
