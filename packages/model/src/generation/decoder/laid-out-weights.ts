/**
 * Weights of floats as a device reads them fastest: those of one input joined and each turned to [in, out],
 * which a step would otherwise do for every token. They are made on the device, once for the parameters as
 * they are, and again after those have moved. It costs the memory of the matrices a second time; embeddings
 * and the head stay as they are.
 */
import {
  concat,
  type Executor,
  Graph,
  type GraphSession,
  openSession,
  type ResidentTensor,
  type StateBuffers,
  type Tensor,
  transpose,
} from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { joinedName, layersOfOneInput } from '../../architecture/joined-weights.js';
import { transposedName } from '../../architecture/linear.js';
import { floatParameters } from '../../architecture/parameters.js';
import { loraNames } from '../../weights/lora.js';
import { layerNames } from '../../weights/parameter-names.js';

/** By name in the graph of a step, the parameters that stand one below the other in it. */
type Layout = ReadonlyMap<string, readonly string[]>;

export class LaidOutWeights {
  #from: readonly ResidentTensor[] = [];
  #made: Promise<Readonly<Record<string, ResidentTensor>>> | undefined;

  private constructor(
    private readonly executor: Executor,
    private readonly buffers: StateBuffers,
    private readonly layout: Layout,
    private readonly session: GraphSession | undefined,
  ) {}

  static async create(
    executor: Executor,
    architecture: Architecture,
    buffers: StateBuffers,
  ): Promise<LaidOutWeights> {
    const layout = layoutOf(architecture);
    const graph = layoutGraph(layout, floatParameters(architecture));
    const resident = [...layout.keys()];
    const session = layout.size === 0 ? undefined : await openSession(executor, graph, { resident });
    return new LaidOutWeights(executor, buffers, layout, session);
  }

  /** Parameters that a step no longer reads. */
  get sources(): ReadonlySet<string> {
    return new Set([...this.layout.values()].flat());
  }

  /** Adds them as inputs to the graph of a step. */
  inputs(graph: Graph, architecture: Architecture): Map<string, Tensor> {
    const shapes = floatParameters(architecture);
    return new Map(
      [...this.layout].map(([name, sources]) => {
        const rows = sources.reduce((sum, source) => sum + shapes.get(source)![0]!, 0);
        return [name, graph.input(name, 'float32', [shapes.get(sources[0]!)![1]!, rows])];
      }),
    );
  }

  /** Of the parameters as they are now. */
  async feeds(): Promise<Readonly<Record<string, ResidentTensor>>> {
    if (this.session === undefined) return {};
    const names = [...this.sources];
    const current: ResidentTensor[] = [];
    for (const name of names) current.push(await this.buffers.onDevice(name, this.executor.device!));
    if (this.#made === undefined || current.some((tensor, index) => tensor !== this.#from[index])) {
      await this.#free();
      this.#from = current;
      const feeds = Object.fromEntries(names.map((name, index) => [name, current[index]!]));
      this.#made = this.session.runResident!(feeds) as Promise<Record<string, ResidentTensor>>;
    }
    return this.#made;
  }

  async dispose(): Promise<void> {
    await this.#free();
    await this.session?.dispose();
  }

  async #free(): Promise<void> {
    const made: Readonly<Record<string, ResidentTensor>> = (await this.#made?.catch(() => ({}))) ?? {};
    this.#made = undefined;
    for (const tensor of Object.values(made)) tensor.dispose();
  }
}

function layoutOf(architecture: Architecture): Layout {
  const { config } = architecture;
  const floats = floatParameters(architecture);
  const layout = new Map<string, readonly string[]>();
  for (let layer = 0; layer < config.depth; layer++) {
    const groups = layersOfOneInput(config, layer).map((names) => ({ name: joinedName(names), names }));
    const joined = groups.filter(({ names }) => names.every((name) => floats.has(`${name}.weight`)));
    for (const { name, names } of joined)
      layout.set(
        transposedName(name),
        names.map((part) => `${part}.weight`),
      );
    const { query, key, value, attentionOutput, gate, up, down } = layerNames(layer);
    const done = new Set(joined.flatMap(({ names }) => names));
    const linears = [query, key, value, attentionOutput, gate, up, down];
    const rest = linears.flatMap((linear) => {
      const { a, b } = loraNames(linear);
      return done.has(linear) ? [a, b] : [`${linear}.weight`, a, b];
    });
    for (const name of rest) if (floats.has(name)) layout.set(transposedName(name), [name]);
  }
  return layout;
}

function layoutGraph(layout: Layout, shapes: ReadonlyMap<string, readonly number[]>): Graph {
  const graph = new Graph();
  for (const [name, sources] of layout) {
    const parts = sources.map((source) => graph.input(source, 'float32', shapes.get(source)!));
    graph.output(name, transpose(parts.length === 1 ? parts[0]! : concat(parts, 0), [1, 0]));
  }
  return graph;
}
