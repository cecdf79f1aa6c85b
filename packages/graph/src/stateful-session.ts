/** A graph whose outputs become its inputs at the next run: parameters and optimizer state. */
import { LlmError } from '@llm/core';
import type { DeviceMemory, Executor, GraphSession, ResidentTensor, SessionOptions } from './executor.js';
import { isResident } from './executor.js';
import type { Graph } from './graph.js';
import { serializeOnnx } from './onnx/serialize-onnx.js';
import { formatShape, sameShape } from './shape.js';
import { StateBuffers } from './state-buffers.js';
import type { HostTensor } from './tensor.js';

export interface StateBinding {
  /** Graph input that reads the state; also its name in `readState`. */
  readonly input: string;
  /** Graph output that replaces it; absent for a session that only reads. */
  readonly output?: string | undefined;
}

export interface StatefulSessionOptions extends SessionOptions {
  /** State shared with other sessions. Default: the session's own, zeros until written. */
  readonly buffers?: StateBuffers | undefined;
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
  const written = state.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }]));
  const session = await executor.createSession(serializeOnnx(graph, { target: executor.target }), {
    ...options,
    resident: written.map(({ output }) => output),
  });
  const names = new Set(written.map(({ output }) => output));
  const common = {
    session,
    buffers,
    written,
    states: state.map(({ input }) => input),
    results: [...graph.outputs.keys()].filter((name) => !names.has(name)),
  };
  return executor.device === undefined
    ? new HostStatefulSession(common)
    : new DeviceStatefulSession(common, executor.device);
}

interface SessionParts {
  readonly session: GraphSession;
  readonly buffers: StateBuffers;
  readonly states: readonly string[];
  readonly written: readonly { readonly input: string; readonly output: string }[];
  /** Outputs that are no state. */
  readonly results: readonly string[];
}

type Feeds = Readonly<Record<string, HostTensor>>;
type Commit = (outputs: Feeds) => boolean;

/** State in memory the runtime reads and writes in place. */
class HostStatefulSession implements StatefulSession {
  readonly buffers: StateBuffers;

  constructor(protected readonly parts: SessionParts) {
    this.buffers = parts.buffers;
  }

  async step(
    feeds: Feeds,
    fetches: readonly string[] = this.parts.results,
    commit?: Commit,
  ): Promise<Record<string, HostTensor>> {
    const { session, states, written } = this.parts;
    const all: Record<string, HostTensor> = { ...feeds };
    for (const name of states) all[name] = this.buffers.current(name);
    const targets: Record<string, HostTensor> = {};
    for (const { input, output } of written) targets[output] = this.buffers.spare(input);
    const outputs = await session.run(all, [...fetches, ...Object.keys(targets)], targets);
    const next = written.map(({ output }) => outputs[output]!);
    const results = Object.fromEntries(fetches.map((name) => [name, outputs[name]!]));
    if (commit === undefined || commit(results)) {
      for (const [index, { input }] of written.entries()) this.buffers.advance(input, next[index]!);
    }
    return results;
  }

  readState(): Promise<Map<string, HostTensor>> {
    return this.buffers.download(this.parts.states);
  }

  async writeState(values: ReadonlyMap<string, HostTensor>): Promise<void> {
    this.buffers.write(values);
  }

  dispose(): Promise<void> {
    return this.parts.session.dispose();
  }
}

/** State in device memory: the outputs of one step are fed to the next without leaving it. */
class DeviceStatefulSession extends HostStatefulSession {
  constructor(
    parts: SessionParts,
    private readonly device: DeviceMemory,
  ) {
    super(parts);
  }

  override async step(
    feeds: Feeds,
    fetches: readonly string[] = this.parts.results,
    commit?: Commit,
  ): Promise<Record<string, HostTensor>> {
    const { session, states, written } = this.parts;
    const all: Record<string, HostTensor | ResidentTensor> = { ...feeds };
    for (const name of states) all[name] = await this.buffers.onDevice(name, this.device);
    const names = written.map(({ output }) => output);
    const outputs = await session.runResident!(all, [...fetches, ...names]);
    const results: Record<string, HostTensor> = {};
    for (const name of fetches) {
      const tensor = outputs[name]!;
      results[name] = isResident(tensor) ? await this.device.download(tensor) : tensor;
    }
    const keep = commit === undefined || commit(results);
    for (const { input, output } of written) {
      const tensor = outputs[output] as ResidentTensor;
      if (keep) this.buffers.advance(input, tensor);
      else tensor.dispose();
    }
    return results;
  }
}
