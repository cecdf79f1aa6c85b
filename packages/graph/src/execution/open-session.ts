/** A graph that is loaded together with its weights, which are then part of the session. */
import type { Graph } from '../graph/graph.js';
import { lowerGraph } from '../lowering/lower-graph.js';
import { writeOnnx } from '../onnx/serialize-onnx.js';
import type { CreateSessionOptions, Executor, GraphSession } from './executor.js';

export interface OpenSessionOptions extends Omit<CreateSessionOptions, 'externalData'> {
  /** Inputs that never change, by name: their little-endian bytes. */
  readonly weights?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Applied to what the graph has become for its target. */
  readonly rewrite?: ((lowered: Graph) => Graph) | undefined;
}

/** Lowers the graph and its weights to the executor's target; throws what `createSession` throws. */
export function openSession(
  executor: Executor,
  source: Graph,
  { weights = new Map(), rewrite = (same) => same, ...options }: OpenSessionOptions = {},
): Promise<GraphSession> {
  const { graph, derived } = lowerGraph(source, executor.target, (name) => weights.has(name));
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.name)));
  const contents = new Map([...weights].filter(([name]) => used.has(name)));
  for (const [name, { from, make }] of derived) contents.set(name, make(weights.get(from)!));
  // Each in a file of its own beside the model, which as a protocol buffer ends at 2 GB. What no node reads is
  // no input of the session either.
  const places = new Map(
    [...weights, ...contents].map(([location, { length }]) => [location, { location, offset: 0, length }]),
  );
  return executor.createSession(writeOnnx(rewrite(graph), places), {
    ...options,
    externalData: contents,
  });
}
