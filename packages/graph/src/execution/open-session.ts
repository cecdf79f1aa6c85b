/** A graph that is loaded together with its weights, which are then part of the session. */
import type { Graph } from '../graph/graph.js';
import { lowerGraph } from '../lowering/lower-graph.js';
import { writeOnnx } from '../onnx/serialize-onnx.js';
import {
  bytesOfContent,
  type CreateSessionOptions,
  type Executor,
  type ExternalContent,
  type GraphSession,
} from './executor.js';

export interface OpenSessionOptions extends Omit<CreateSessionOptions, 'externalData'> {
  /** Inputs that never change, by name: their little-endian bytes. */
  readonly weights?: ReadonlyMap<string, ExternalContent> | undefined;
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
  // In their order, in which contents may have to be made.
  const contents = new Map<string, ExternalContent>();
  for (const [name, content] of weights) {
    const moved = [...derived].filter(([, { from }]) => from === name);
    // Read once for all that is made of it.
    const read = heldFor(moved.length + (used.has(name) ? 1 : 0), () => bytesOfContent(content));
    if (used.has(name))
      contents.set(name, moved.length === 0 ? content : { length: content.length, read: () => [read()] });
    for (const [to, { length, make }] of moved) contents.set(to, { length, read: () => [make(read())] });
  }
  // Each in a file of its own beside the model, which as a protocol buffer ends at 2 GB. What no node reads
  // is no input of the session either.
  const places = new Map(
    [...weights, ...contents].map(([location, { length }]) => [location, { location, offset: 0, length }]),
  );
  return executor.createSession(writeOnnx(rewrite(graph), places), {
    ...options,
    externalData: contents,
  });
}

/** What `read` gives, held until it has been asked for so many times. */
function heldFor(times: number, read: () => Uint8Array): () => Uint8Array {
  let held: Uint8Array | undefined;
  let asked = 0;
  return () => {
    const bytes = held ?? read();
    held = ++asked % times === 0 ? undefined : bytes;
    return bytes;
  };
}
