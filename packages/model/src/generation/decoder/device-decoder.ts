/**
 * Decoding on a device (a GPU, or a worker's memory): parameters are read where they are trained, and keys
 * and values never leave it. A step writes new ones into the cache it returns; only scores come back.
 */
import {
  type Dimension,
  type Executor,
  Graph,
  type GraphSession,
  gather,
  type HostTensor,
  isResident,
  type ResidentTensor,
  type StateBuffers,
  serializeOnnx,
} from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { float32, int32 } from '../../architecture/host-tensors.js';
import { floatInputs } from '../../architecture/parameters.js';
import { concatAs } from '../../attention/symbolic-shapes.js';
import type { ModelConfig } from '../../config/model-config.js';
import { type CacheTensor, cacheShape, cacheTensors, decodeGraph } from './decode-graph.js';
import type { Decoder, DecoderBatch, NextTokenScores, ScoreName, ScoreRequest } from './decoder.js';
import { DeviceRotaryTables } from './device-rotary-tables.js';
import { frozenWeights, placesOf } from './frozen-weights.js';
import { allocateCache } from './key-value-cache.js';
import { longest, RowEnds, samplingFeeds, slotFeed } from './token-feeds.js';

/** First number of slots per row; then it doubles. */
const firstCapacity = 32;

const scoreNames: readonly ScoreName[] = ['logits', 'logSum', 'sampled', 'sampledLogProbability'];

interface Sessions {
  readonly step: GraphSession;
  /** Rows in another order. */
  readonly select: GraphSession;
  /** More slots, which hold zeros. */
  readonly grow: GraphSession;
}

/** `executor` has a `device`; `buffers` hold the parameters. */
export async function createDeviceDecoder(
  executor: Executor,
  architecture: Architecture,
  buffers: StateBuffers,
): Promise<Decoder> {
  const { config } = architecture;
  // Logits, too, are brought over only when they are asked for.
  const resident = new Set(['logits', ...cacheTensors(config).map(({ fresh }) => fresh)]);
  const create = (graph: Graph, contents?: ReadonlyMap<string, Uint8Array>): Promise<GraphSession> =>
    executor.createSession(
      serializeOnnx(graph, { target: executor.target, initializers: contents && placesOf(contents) }),
      {
        resident: [...graph.outputs.keys()].filter((name) => resident.has(name)),
        externalData: contents,
      },
    );
  const graph = new Graph();
  const inputs = floatInputs(graph, architecture);
  const weights = graph.inputs.map(({ name }) => name);
  const frozen = frozenWeights(graph, architecture);
  decodeGraph(graph, config, new Map([...inputs, ...frozen.tensors]), 'written');
  const sessions: Sessions = {
    step: await create(graph, frozen.contents),
    select: await create(selectGraph(config)),
    grow: await create(growGraph(config)),
  };
  const tables = new DeviceRotaryTables(config, executor.device!);
  const shared = { executor, config, sessions, buffers, weights, tables };
  return {
    begin: (rows, tokens) => new DeviceBatch(shared, rows, tokens),
    async dispose() {
      await tables.dispose();
      for (const session of Object.values(sessions)) await session.dispose();
    },
  };
}

function selectGraph(config: ModelConfig): Graph {
  const graph = new Graph();
  const rows = graph.input('rows', 'int32', ['selected']);
  for (const { past, fresh } of cacheTensors(config))
    graph.output(fresh, gather(graph.input(past, 'float32', cacheShape(config)), rows));
  return graph;
}

function growGraph(config: ModelConfig): Graph {
  const graph = new Graph();
  const shape = (capacity: string): Dimension[] => cacheShape(config).with(2, capacity);
  const extra = graph.input('extra', 'float32', shape('extra'));
  for (const { past, fresh } of cacheTensors(config)) {
    const cache = graph.input(past, 'float32', cacheShape(config));
    graph.output(fresh, concatAs([cache, extra], 2, shape('grown')));
  }
  return graph;
}

/** What all batches of a decoder use. */
interface SharedParts {
  readonly executor: Executor;
  readonly config: ModelConfig;
  readonly sessions: Sessions;
  readonly buffers: StateBuffers;
  readonly weights: readonly string[];
  readonly tables: DeviceRotaryTables;
}

class DeviceBatch implements DecoderBatch {
  #capacity = 0;
  readonly #ends: RowEnds;
  readonly #tensors: readonly CacheTensor[];
  /** By `past` name; zeros in host memory before the first step. */
  readonly #cache = new Map<string, HostTensor | ResidentTensor>();

  constructor(
    private readonly parts: SharedParts,
    rows: number,
    private readonly tokens: number,
  ) {
    this.#ends = new RowEnds(rows, parts.config.contextLength);
    this.#tensors = cacheTensors(parts.config);
  }

  async read(tokens: readonly ArrayLike<number>[], request: ScoreRequest): Promise<Partial<NextTokenScores>> {
    const { executor, sessions, buffers, weights, tables } = this.parts;
    const end = await this.#reserve(longest(tokens));
    const feeds: Record<string, HostTensor | ResidentTensor> = {
      ...(await tables.feeds(end)),
      ...this.#ends.feeds(tokens),
      slots: slotFeed(this.#capacity),
      ...samplingFeeds(request),
    };
    for (const name of weights) feeds[name] = await buffers.onDevice(name, executor.device!);
    // All of them at every step: an output that is left out keeps the shape of an earlier run, and the
    // runtime refuses the next one of another shape.
    const outputs = await this.#run(sessions.step, feeds, scoreNames);
    this.#ends.advance(tokens);
    const logits = outputs.logits as ResidentTensor;
    if (request.names.includes('logits')) outputs.logits = await executor.device!.download(logits);
    logits.dispose();
    return Object.fromEntries(request.names.map((name) => [name, (outputs[name] as HostTensor).data]));
  }

  async select(rows: readonly number[]): Promise<void> {
    this.#ends.select(rows);
    await this.#run(this.parts.sessions.select, { rows: int32(Int32Array.from(rows)) });
  }

  dispose(): void {
    for (const tensor of this.#cache.values()) if (isResident(tensor)) tensor.dispose();
    this.#cache.clear();
  }

  /** Room for `count` more tokens in every row; returns how many the longest one then has. */
  async #reserve(count: number): Promise<number> {
    const needed = Math.max(...this.#ends.lengths) + count;
    if (needed <= this.#capacity) return needed;
    const most = Math.max(needed, this.tokens);
    const capacity = Math.max(needed, Math.min(most, Math.max(firstCapacity, 2 * this.#capacity)));
    const extra = this.#zeros(capacity - this.#capacity);
    if (this.#capacity === 0) for (const { past } of this.#tensors) this.#cache.set(past, extra);
    else await this.#run(this.parts.sessions.grow, { extra });
    this.#capacity = capacity;
    return needed;
  }

  #zeros(slots: number): HostTensor {
    const { keyValueHeads, headWidth } = this.parts.config;
    const shape = [this.#ends.lengths.length, keyValueHeads, slots, headWidth];
    return float32(allocateCache(shape.reduce((a, b) => a * b)), shape);
  }

  /** Runs with the cache as input and puts what comes out in its place. */
  async #run(
    session: GraphSession,
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[] = [],
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    const outputs = await session.runResident!({ ...Object.fromEntries(this.#cache), ...feeds }, [
      ...fetches,
      ...this.#tensors.map(({ fresh }) => fresh),
    ]);
    this.dispose();
    for (const { past, fresh } of this.#tensors) this.#cache.set(past, outputs[fresh]!);
    return outputs;
  }
}
