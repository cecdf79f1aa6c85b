/** A graph whose outputs become its inputs at the next run: parameters and optimizer state. */
import { LlmError } from '@llm/core';
import type { Graph } from '../graph/graph.js';
import { formatShape, sameShape } from '../tensors/shape.js';
import type { HostTensor } from '../tensors/tensor.js';
import type { Executor, ExternalContent, SessionOptions } from './executor.js';
import { isResident } from './executor.js';
import { openSession } from './open-session.js';
import { StateBuffers } from './state-buffers.js';

export interface StateBinding {
  /** Graph input that reads the state; also its name in `readState`. */
  readonly input: string;
  /** Graph output that replaces it; absent for a session that only reads. */
  readonly output?: string | undefined;
}

export interface StatefulSessionOptions extends SessionOptions {
  /** State shared with other sessions. Default: the session's own, zeros until written. */
  readonly buffers?: StateBuffers | undefined;
  /** Inputs that never change, by name: their bytes become part of the session. */
  readonly weights?: ReadonlyMap<string, ExternalContent> | undefined;
}

export interface StatefulSession {
  /** The state this session reads; pass it on to share it. */
  readonly buffers: StateBuffers;
  /**
   * Runs the graph on the current state and `feeds`; returns the named outputs (default: all that are not
   * state). The new state becomes current unless `commit` is given and returns false for those outputs.
   * A state's own output, if it is fetched, is good until the next step, which frees it.
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
  const inputs = state.map(({ input }) => input);
  const kept = written.map(({ output }) => output);
  const results = [...graph.outputs.keys()].filter((name) => !kept.includes(name));
  const { device } = executor;
  const { optimization, weights } = options;
  const session = await openSession(executor, graph, { optimization, resident: kept, weights });
  return {
    buffers,
    async step(feeds, fetches = results, commit = () => true) {
      const names = [...fetches, ...kept];
      const outputs = await buffers.read(inputs, device, (current) => {
        const all = { ...feeds, ...current };
        return device ? session.runResident!(all, names) : session.run(all as typeof feeds, names);
      });
      const found: Record<string, HostTensor> = {};
      for (const name of fetches) {
        const tensor = outputs[name]!;
        found[name] = isResident(tensor) ? await device!.download(tensor) : tensor;
      }
      const keep = commit(found);
      for (const { input, output } of written) {
        const next = outputs[output]!;
        if (keep) buffers.advance(input, next);
        else if (isResident(next)) next.dispose();
      }
      return found;
    },
    readState: () => buffers.download(inputs),
    async writeState(values) {
      buffers.write(values);
    },
    dispose: () => session.dispose(),
  };
}
