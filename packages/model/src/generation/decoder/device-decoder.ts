/**
 * Decoding on a device (a GPU, or a worker's memory): parameters are read where they are trained, or laid out
 * there for products, and keys and values never leave it. A step writes new ones into the cache it returns;
 * only scores come back.
 */
import {
  bytesOfContent,
  type Dimension,
  type Executor,
  type ExternalContent,
  Graph,
  type GraphSession,
  gather,
  type HostTensor,
  isResident,
  openSession,
  type Precision,
  type ResidentTensor,
  type StateBuffers,
} from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { float32, int32 } from '../../architecture/host-tensors.js';
import { withJoinedWeights } from '../../architecture/joined-weights.js';
import { floatInputs } from '../../architecture/parameters.js';
import { concatAs } from '../../attention/symbolic-shapes.js';
import type { ModelConfig } from '../../config/model-config.js';
import { halfPrecisionGraph } from '../../precision/half-precision-graph.js';
import { bytesOf } from '../../weights/bytes-of.js';
import { halves } from '../../weights/halves.js';
import { type CacheTensor, cacheShape, cacheTensors, decodeGraph } from './decode-graph.js';
import type { Decoder, DecoderBatch, RowRequest, RowScores } from './decoder.js';
import { DeviceRotaryTables } from './device-rotary-tables.js';
import { type FrozenWeights, frozenWeights } from './frozen-weights.js';
import { allocateCache } from './key-value-cache.js';
import { LaidOutWeights } from './laid-out-weights.js';
import { rowScores, scoreFeeds, scoreNames } from './score-requests.js';
import { longest, RowEnds, slotFeed } from './token-feeds.js';

/** First number of slots per row; then it doubles. */
const firstCapacity = 32;

interface Sessions {
  readonly step: GraphSession;
  /** Rows in another order. */
  readonly select: GraphSession;
  /** More slots, which hold zeros. */
  readonly grow: GraphSession;
  /** Rows of two batches, with as many slots. */
  readonly join: GraphSession;
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
  const { precision = 'float32' } = executor;
  const create = (graph: Graph, { contents, rewrite }: StepWeights = {}): Promise<GraphSession> =>
    openSession(executor, graph, {
      resident: [...graph.outputs.keys()].filter((name) => resident.has(name)),
      weights: contents,
      rewrite,
    });
  const isHalf = precision === 'float16';
  const graph = new Graph();
  const laidOut = isHalf ? undefined : await LaidOutWeights.create(executor, architecture, buffers);
  const inputs = floatInputs(graph, architecture, laidOut?.sources);
  const floats = graph.inputs.map(({ name }) => name);
  const joined = laidOut?.inputs(graph, architecture) ?? withJoinedWeights(config, inputs);
  const frozen = frozenWeights(graph, architecture);
  decodeGraph(graph, config, new Map([...inputs, ...joined, ...frozen.tensors]), 'written');
  const half = isHalf ? await inHalfPrecision(config, frozen, await buffers.download(floats)) : frozen;
  const sessions: Sessions = {
    step: await create(graph, half).finally(() => frozen.free()),
    select: await create(selectGraph(config, precision)),
    grow: await create(growGraph(config, precision)),
    join: await create(joinGraph(config, precision)),
  };
  const tables = new DeviceRotaryTables(config, executor.device!, precision);
  const weights = isHalf ? [] : floats;
  const shared = { executor, config, precision, sessions, buffers, weights, laidOut, tables };
  return {
    pieceLength: Number.POSITIVE_INFINITY,
    begin: (rows, tokens) => new DeviceBatch(shared, new RowEnds(rows, config.contextLength), tokens),
    async dispose() {
      await tables.dispose();
      await laidOut?.dispose();
      for (const session of Object.values(sessions)) await session.dispose();
    },
  };
}

interface StepWeights {
  /** Weights that are part of the session. */
  readonly contents?: ReadonlyMap<string, ExternalContent> | undefined;
  readonly rewrite?: ((lowered: Graph) => Graph) | undefined;
}

/** All weights as part of the session, floats in float16, and the graph that reads them. */
function inHalfPrecision(
  config: ModelConfig,
  frozen: FrozenWeights,
  floats: ReadonlyMap<string, HostTensor>,
): StepWeights {
  const contents = new Map<string, ExternalContent>();
  for (const [name, { data }] of floats) contents.set(name, bytesOf(halves(data as Float32Array, name)));
  for (const [name, content] of frozen.contents) {
    const halved = (): Uint8Array[] => [bytesOf(halves(floatsOf(bytesOfContent(content)), name))];
    const isFloat = frozen.tensors.get(name)!.type === 'float32';
    contents.set(name, isFloat ? { length: content.length / 2, read: halved } : content);
  }
  const cached = new Set(cacheTensors(config).map(({ past }) => past));
  const isHalf = (name: string): boolean =>
    contents.has(name) || cached.has(name) || /(^|\.)(cosines|sines)$/.test(name);
  const inputType = (name: string): Precision => (isHalf(name) ? 'float16' : 'float32');
  return { contents, rewrite: (lowered) => halfPrecisionGraph(lowered, { inputType }) };
}

function selectGraph(config: ModelConfig, type: Precision): Graph {
  const graph = new Graph();
  const rows = graph.input('rows', 'int32', ['selected']);
  for (const { past, fresh } of cacheTensors(config))
    graph.output(fresh, gather(graph.input(past, type, cacheShape(config)), rows));
  return graph;
}

function growGraph(config: ModelConfig, type: Precision): Graph {
  const graph = new Graph();
  const shape = (capacity: string): Dimension[] => cacheShape(config).with(2, capacity);
  const extra = graph.input('extra', type, shape('extra'));
  for (const { past, fresh } of cacheTensors(config)) {
    const cache = graph.input(past, type, cacheShape(config));
    graph.output(fresh, concatAs([cache, extra], 2, shape('grown')));
  }
  return graph;
}

function joinGraph(config: ModelConfig, type: Precision): Graph {
  const graph = new Graph();
  const shape = (rows: string): Dimension[] => cacheShape(config).with(0, rows);
  for (const { past, fresh } of cacheTensors(config)) {
    const rows = graph.input(past, type, cacheShape(config));
    const more = graph.input(joinedName(past), type, shape('more'));
    graph.output(fresh, concatAs([rows, more], 0, shape('joined')));
  }
  return graph;
}

function joinedName(past: string): string {
  return `joined.${past}`;
}

/** What all batches of a decoder use. */
interface SharedParts {
  readonly executor: Executor;
  readonly config: ModelConfig;
  readonly precision: Precision;
  readonly sessions: Sessions;
  readonly buffers: StateBuffers;
  /** Parameters that are read where they are. */
  readonly weights: readonly string[];
  readonly laidOut: LaidOutWeights | undefined;
  readonly tables: DeviceRotaryTables;
}

class DeviceBatch implements DecoderBatch {
  #capacity = 0;
  readonly #tensors: readonly CacheTensor[];
  /** By `past` name; zeros in host memory before the first step. */
  readonly #cache = new Map<string, HostTensor | ResidentTensor>();

  constructor(
    private readonly parts: SharedParts,
    private readonly ends: RowEnds,
    private tokens: number,
  ) {
    this.#tensors = cacheTensors(parts.config);
  }

  get lengths(): readonly number[] {
    return this.ends.lengths;
  }

  async read(
    tokens: readonly ArrayLike<number>[],
    requests: readonly (RowRequest | undefined)[],
  ): Promise<RowScores[]> {
    const { executor, sessions, buffers, weights, laidOut, tables } = this.parts;
    const end = await this.#reserve(longest(tokens));
    const read = this.ends.feeds(tokens);
    const feeds: Record<string, HostTensor | ResidentTensor> = {
      ...(await tables.feeds(end)),
      ...(await laidOut?.feeds()),
      ...read,
      turns: wide(read.positions!),
      slots: slotFeed(this.#capacity),
      ...scoreFeeds(requests),
    };
    for (const name of weights) feeds[name] = await buffers.onDevice(name, executor.device!);
    // All of them at every step: an output that is left out keeps the shape of an earlier run, and the
    // runtime refuses the next one of another shape.
    const outputs = await this.#run(sessions.step, feeds, scoreNames);
    this.ends.advance(tokens);
    const logits = outputs.logits as ResidentTensor;
    try {
      const wanted = requests.some((request) => request?.logits);
      const { logSum, sampled, sampledLogProbability } = outputs as Record<string, HostTensor>;
      const scores = wanted ? await executor.device!.download(logits) : undefined;
      return rowScores({ logits: scores, logSum, sampled, sampledLogProbability }, requests);
    } finally {
      logits.dispose();
    }
  }

  async select(rows: readonly number[]): Promise<void> {
    this.ends.select(rows);
    await this.#run(this.parts.sessions.select, { rows: int32(Int32Array.from(rows)) });
  }

  async join(other: DeviceBatch): Promise<void> {
    this.tokens = Math.max(this.tokens, other.tokens);
    if (this.lengths.length === 0) {
      this.#take(other.#cache, other.#capacity);
      other.#cache.clear();
    } else {
      const capacity = Math.max(this.#capacity, other.#capacity);
      await this.#grow(capacity);
      await other.#grow(capacity);
      const joined = [...other.#cache].map(([name, tensor]) => [joinedName(name), tensor] as const);
      await this.#run(this.parts.sessions.join, Object.fromEntries(joined));
    }
    this.ends.join(other.ends);
    other.dispose();
  }

  async beginning(row: number, length: number, last: number): Promise<DecoderBatch> {
    const { sessions, config } = this.parts;
    const ends = RowEnds.at(length, last, config.contextLength);
    const copy = new DeviceBatch(this.parts, ends, length);
    const outputs = await this.#outputs(sessions.select, { rows: int32(Int32Array.of(row)) });
    copy.#take(this.#named(outputs), this.#capacity);
    return copy;
  }

  dispose(): void {
    for (const tensor of this.#cache.values()) if (isResident(tensor)) tensor.dispose();
    this.#cache.clear();
  }

  /** Room for `count` more tokens in every row; returns how many the longest one then has. */
  async #reserve(count: number): Promise<number> {
    const needed = Math.max(...this.ends.lengths) + count;
    if (needed <= this.#capacity) return needed;
    const most = Math.max(needed, this.tokens);
    await this.#grow(Math.max(needed, Math.min(most, Math.max(firstCapacity, 2 * this.#capacity))));
    return needed;
  }

  async #grow(capacity: number): Promise<void> {
    if (capacity === this.#capacity) return;
    const extra = this.#zeros(capacity - this.#capacity);
    if (this.#capacity === 0) for (const { past } of this.#tensors) this.#cache.set(past, extra);
    else await this.#run(this.parts.sessions.grow, { extra });
    this.#capacity = capacity;
  }

  #zeros(slots: number): HostTensor {
    const { precision, config } = this.parts;
    const { keyValueHeads, headWidth } = config;
    const shape = [this.ends.lengths.length, keyValueHeads, slots, headWidth];
    const zeros = allocateCache(shape.reduce((a, b) => a * b));
    return precision === 'float32'
      ? float32(zeros, shape)
      : { type: 'float16', shape, data: new Uint16Array(zeros.buffer, 0, zeros.length) };
  }

  /** Runs with the cache as input and puts what comes out in its place. */
  async #run(
    session: GraphSession,
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[] = [],
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    const outputs = await this.#outputs(session, feeds, fetches);
    this.#take(this.#named(outputs), this.#capacity);
    return outputs;
  }

  #outputs(
    session: GraphSession,
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[] = [],
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    return session.runResident!({ ...Object.fromEntries(this.#cache), ...feeds }, [
      ...fetches,
      ...this.#tensors.map(({ fresh }) => fresh),
    ]);
  }

  /** A whole cache among outputs, by `past` name. */
  #named(
    outputs: Readonly<Record<string, HostTensor | ResidentTensor>>,
  ): Map<string, HostTensor | ResidentTensor> {
    return new Map(this.#tensors.map(({ past, fresh }) => [past, outputs[fresh]!]));
  }

  #take(cache: ReadonlyMap<string, HostTensor | ResidentTensor>, capacity: number): void {
    this.dispose();
    for (const [name, tensor] of cache) this.#cache.set(name, tensor);
    this.#capacity = capacity;
  }
}

const floatsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array =>
  new Float32Array(buffer, byteOffset, byteLength / 4);

const wide = ({ shape, data }: HostTensor): HostTensor => ({
  type: 'int64',
  shape,
  data: BigInt64Array.from(data as Int32Array, BigInt),
});
