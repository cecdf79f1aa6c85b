/**
 * Parses mutated inputs of one target, one after the other,
 * and tells the main thread before each which one it is.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createRandom, LlmError } from '@llm/core';
import { mutate } from './mutate.js';
import { targets } from './targets.js';

export interface FuzzTask {
  readonly target: string;
  readonly seed: number;
  readonly first: number;
  /** [input being parsed, ms since the epoch when it was begun (low 31 bits)] */
  readonly progress: Int32Array;
}

/** Input number `index` of a target: the same for the same seed. */
export function fuzzInput(name: string, seed: number, index: number): Uint8Array {
  const random = createRandom(seed, 'fuzz', name, index);
  const { seeds } = targets[name]!;
  return mutate(random.pick(seeds), random);
}

if (parentPort !== null) {
  const { target, seed, first, progress } = workerData as FuzzTask;
  for (let index = first; ; index++) {
    const bytes = fuzzInput(target, seed, index);
    Atomics.store(progress, 1, Date.now() & 0x7fffffff);
    Atomics.store(progress, 0, index);
    try {
      await targets[target]!.parse(bytes);
    } catch (error) {
      // Broken input is refused with a typed error; anything else is a fault of the parser.
      if (!LlmError.isInstance(error))
        parentPort.postMessage({
          index,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
    }
  }
}
