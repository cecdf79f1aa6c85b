/**
 * A graph whose outputs become its inputs at the next run: parameters and optimizer state. Each state tensor has
 * two buffers that swap roles after a step (ping-pong), so the graph never reads what it is writing.
 */
import { LlmError } from '@llm/core';
import type { Executor, GraphSession, SessionOptions } from './executor.js';
import type { Graph } from './graph.js';
import { serializeOnnx } from './onnx/serialize-onnx.js';
import { elementCount, formatShape, sameShape, staticShape } from './shape.js';
import { createTensorData, type HostTensor, type Tensor } from './tensor.js';

export interface StateBinding {
  /** Graph input that reads the state; also its name in `readState`. */
  readonly input: string;
  /** Graph output that replaces it; absent for a session that only reads. */
  readonly output?: string;
}

/** State that several sessions read and write: one training graph per batch shape, inference beside it. */
export class StateBuffers {
  readonly #current = new Map<string, HostTensor>();
  readonly #spare = new Map<string, HostTensor>();

  names(): string[] {
    return [...this.#current.keys()];
  }

  /** Makes room for a tensor (zeros), or checks that it fits the room it has. */
  declare(name: string, like: Tensor): void {
    const shape = staticShape(like.shape, `State "${name}"`);
    const known = this.#current.get(name);
    if (known === undefined) {
      this.#current.set(name, {
        type: like.type,
        shape,
        data: createTensorData(like.type, elementCount(shape)),
      });
      return;
    }
    if (known.type !== like.type || !sameShape(known.shape, shape)) {
      throw new LlmError({
        code: 'graph/state-mismatch',
        message: `State "${name}" is ${known.type} ${formatShape(known.shape)} in one session and ${like.type} ${formatShape(shape)} in another.`,
      });
    }
  }

  /** The live numbers; valid until the next step that writes them. */
  current(name: string): HostTensor {
    const tensor = this.#current.get(name);
    if (tensor === undefined) {
      throw new LlmError({ code: 'graph/state-unknown', message: `There is no state named "${name}".` });
    }
    return tensor;
  }

  /** Memory of the same shape to write the next value to. */
  spare(name: string): HostTensor {
    const known = this.#spare.get(name);
    if (known !== undefined) return known;
    const { type, shape } = this.current(name);
    const made = { type, shape, data: createTensorData(type, elementCount(shape)) };
    this.#spare.set(name, made);
    return made;
  }

  /** Makes `next` current; the tensor it replaces becomes the spare. */
  advance(name: string, next: HostTensor): void {
    this.#spare.set(name, this.current(name));
    this.#current.set(name, next);
  }

  /** Copies of the named states (default: all). */
  read(names: readonly string[] = this.names()): Map<string, HostTensor> {
    return new Map(
      names.map((name) => {
        const tensor = this.current(name);
        return [name, { ...tensor, data: tensor.data.slice() }];
      }),
    );
  }

  /** Copies values in; throws `graph/state-mismatch` before anything is written when one does not fit. */
  write(values: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of values) {
      const { type, shape, data } = this.current(name);
      if (type !== value.type || !sameShape(shape, value.shape) || data.length !== value.data.length) {
        throw new LlmError({
          code: 'graph/state-mismatch',
          message: `State "${name}" is ${type} ${formatShape(shape)}, got ${value.type} ${formatShape(value.shape)} with ${value.data.length} elements.`,
        });
      }
    }
    for (const [name, value] of values) {
      const target = this.current(name).data;
      if (target instanceof BigInt64Array) target.set(value.data as BigInt64Array);
      else target.set(value.data as Exclude<typeof value.data, BigInt64Array>);
    }
  }
}

export interface StatefulSessionOptions extends SessionOptions {
  /** State shared with other sessions. Default: the session's own, zeros until written. */
  readonly buffers?: StateBuffers;
}

export interface StatefulSession {
  /** The state this session reads; pass it on to share it. */
  readonly buffers: StateBuffers;
  /**
   * Runs the graph on the current state and `feeds`; returns the named outputs (default: all that are not state).
   * The new state becomes current unless `commit` is given and returns false for those outputs.
   */
  step(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches?: readonly string[],
    commit?: (outputs: Readonly<Record<string, HostTensor>>) => boolean,
  ): Promise<Record<string, HostTensor>>;
  /** Copies of this session's state by input name. */
  readState(): Promise<Map<string, HostTensor>>;
  writeState(values: ReadonlyMap<string, HostTensor>): Promise<void>;
  dispose(): Promise<void>;
}

/** Lowers and loads `graph` with the inputs named in `state` fed from buffers instead of from `feeds`. */
export async function createStatefulSession(
  executor: Executor,
  graph: Graph,
  state: readonly StateBinding[],
  options: StatefulSessionOptions = {},
): Promise<StatefulSession> {
  const buffers = options.buffers ?? new StateBuffers();
  for (const { input, output } of state) {
    const tensor = graph.inputs.find(({ name }) => name === input);
    const next = output === undefined ? tensor : graph.outputs.get(output);
    if (tensor === undefined || next === undefined) {
      throw new LlmError({
        code: 'graph/state-unknown',
        message: `State "${input}": the graph has no ${tensor === undefined ? `input "${input}"` : `output "${output}"`}.`,
      });
    }
    if (next.type !== tensor.type || !sameShape(next.shape, tensor.shape)) {
      throw new LlmError({
        code: 'graph/state-mismatch',
        message: `State "${input}" is ${formatShape(tensor.shape)} but its output "${output}" is ${formatShape(next.shape)}.`,
      });
    }
    buffers.declare(input, tensor);
  }
  const session = await executor.createSession(serializeOnnx(graph), options);
  const results = [...graph.outputs.keys()].filter((name) => !state.some(({ output }) => output === name));
  return new HostStatefulSession(session, state, results, buffers);
}

class HostStatefulSession implements StatefulSession {
  readonly #written: readonly { readonly input: string; readonly output: string }[];

  constructor(
    private readonly session: GraphSession,
    private readonly state: readonly StateBinding[],
    private readonly results: readonly string[],
    readonly buffers: StateBuffers,
  ) {
    this.#written = state.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }]));
  }

  async step(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[] = this.results,
    commit?: (outputs: Readonly<Record<string, HostTensor>>) => boolean,
  ): Promise<Record<string, HostTensor>> {
    const all: Record<string, HostTensor> = { ...feeds };
    for (const { input } of this.state) all[input] = this.buffers.current(input);
    const targets: Record<string, HostTensor> = {};
    for (const { input, output } of this.#written) targets[output] = this.buffers.spare(input);
    const outputs = await this.session.run(all, [...fetches, ...Object.keys(targets)], targets);
    const next = this.#written.map(({ output }) => {
      const tensor = outputs[output]!;
      if (!fetches.includes(output)) delete outputs[output];
      return tensor;
    });
    if (commit === undefined || commit(outputs)) {
      for (const [index, { input }] of this.#written.entries()) this.buffers.advance(input, next[index]!);
    }
    return outputs;
  }

  async readState(): Promise<Map<string, HostTensor>> {
    return this.buffers.read(this.state.map(({ input }) => input));
  }

  async writeState(values: ReadonlyMap<string, HostTensor>): Promise<void> {
    this.buffers.write(values);
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }
}
