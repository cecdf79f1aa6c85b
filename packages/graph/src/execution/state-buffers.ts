/**
 * State that several sessions read and write: one training graph per batch shape, inference beside it. The
 * tensor a step returns replaces the one it was fed, which is freed.
 */
import { LlmError } from '@llm/core';
import { discardArray } from '../tensors/discard-array.js';
import { elementCount, formatShape, sameShape, staticShape } from '../tensors/shape.js';
import { createTensorData, type HostTensor, type TensorSpecification } from '../tensors/tensor.js';
import type { DeviceMemory, ResidentTensor } from './executor.js';
import { isResident } from './executor.js';

export class StateBuffers {
  readonly #current = new Map<string, HostTensor | ResidentTensor>();
  /** Whose memory somebody else may read as well. */
  readonly #lent = new Set<string>();
  /** Runs that are reading. */
  #runs = 0;
  #device: DeviceMemory | undefined;

  names(): string[] {
    return [...this.#current.keys()];
  }

  has(name: string): boolean {
    return this.#current.has(name);
  }

  /** A state that no step writes: its memory is read as it is, not copied. */
  share(name: string, tensor: HostTensor): void {
    this.#current.set(name, tensor);
    this.#lent.add(name);
  }

  /** Makes room for a tensor (zeros), or checks that it fits the room it has. */
  declare(name: string, like: TensorSpecification): void {
    const shape = staticShape(like.shape, `State "${name}"`);
    const known = this.#current.get(name);
    if (known === undefined) {
      const data = createTensorData(like.type, elementCount(shape));
      this.#current.set(name, { type: like.type, shape, data });
    } else if (known.type !== like.type || !sameShape(known.shape, shape)) {
      throw new LlmError({
        code: 'graph/state-mismatch',
        message: `State "${name}" is ${known.type} ${formatShape(known.shape)} in one session and ${like.type} ${formatShape(shape)} in another.`,
      });
    }
  }

  /**
   * The live numbers. Whoever asks may keep them: the step that replaces them does not free them. Throws
   * `graph/state-on-device` when they are not in this memory: use `download`.
   */
  current(name: string): HostTensor {
    const tensor = this.#onHost(name);
    this.#lent.add(name);
    return tensor;
  }

  /** A run on the live numbers; until it ends, what others replace is not freed. */
  async read<Result>(
    names: readonly string[],
    device: DeviceMemory | undefined,
    run: (tensors: Readonly<Record<string, HostTensor | ResidentTensor>>) => Promise<Result>,
  ): Promise<Result> {
    this.#runs++;
    try {
      const tensors: Record<string, HostTensor | ResidentTensor> = {};
      for (const name of names)
        tensors[name] = device ? await this.onDevice(name, device) : this.#onHost(name);
      return await run(tensors);
    } finally {
      this.#runs--;
    }
  }

  #onHost(name: string): HostTensor {
    const tensor = this.#get(name);
    if (isResident(tensor)) {
      throw new LlmError({
        code: 'graph/state-on-device',
        message: `State "${name}" is in device memory: read it with download().`,
      });
    }
    return tensor;
  }

  /** Copies of the named states (default: all), wherever they are. */
  async download(names: readonly string[] = this.names()): Promise<Map<string, HostTensor>> {
    const copies = new Map<string, HostTensor>();
    for (const name of names) {
      const tensor = this.#get(name);
      copies.set(name, isResident(tensor) ? await this.#device!.download(tensor) : copyOf(tensor));
    }
    return copies;
  }

  /** Copies values in; throws `graph/state-mismatch` before anything is written when one does not fit. */
  write(values: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of values) {
      const { type, shape } = this.#get(name);
      if (
        type !== value.type ||
        !sameShape(shape, value.shape) ||
        elementCount(value.shape) !== value.data.length
      ) {
        throw new LlmError({
          code: 'graph/state-mismatch',
          message: `State "${name}" is ${type} ${formatShape(shape)}, got ${value.type} ${formatShape(value.shape)} with ${value.data.length} elements.`,
        });
      }
    }
    for (const [name, value] of values) this.advance(name, copyOf(value));
  }

  /** The state in device memory, moved there when it is not. */
  async onDevice(name: string, device: DeviceMemory): Promise<ResidentTensor> {
    this.#device = device;
    const tensor = this.#get(name);
    if (isResident(tensor)) return tensor;
    const moved = await device.upload(tensor);
    this.#current.set(name, moved);
    return moved;
  }

  /** Makes `next` current; frees what it replaces, unless somebody else may still read that. */
  advance(name: string, next: HostTensor | ResidentTensor): void {
    const before = this.#get(name);
    const isLent = this.#lent.delete(name);
    if (isResident(before)) before.dispose();
    else if (!isLent && this.#runs === 0) discardArray(before.data);
    this.#current.set(name, next);
  }

  /** Frees device memory; states are gone. */
  dispose(): void {
    for (const tensor of this.#current.values()) if (isResident(tensor)) tensor.dispose();
    this.#current.clear();
  }

  #get(name: string): HostTensor | ResidentTensor {
    const tensor = this.#current.get(name);
    if (tensor === undefined) {
      throw new LlmError({ code: 'graph/state-unknown', message: `There is no state named "${name}".` });
    }
    return tensor;
  }
}

function copyOf(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.slice() };
}
