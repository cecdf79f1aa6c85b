/**
 * Decoding with everything in host memory. The weights are part of the session, so that the runtime lays them
 * out for its products once (two thirds of the time of a step of one row with weights as inputs, three
 * quarters of one of 64); when parameters have moved a new decoder is made: about four steps of 64 rows.
 */
import { type Executor, Graph, type GraphSession, type HostTensor, serializeOnnx } from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { withJoinedWeights } from '../../architecture/joined-weights.js';
import { floatInputs } from '../../architecture/parameters.js';
import { rotaryTables } from '../../attention/rotary-positions.js';
import type { ModelConfig } from '../../config/model-config.js';
import { bytesOf } from '../../weights/bytes-of.js';
import { decodeGraph, freshName } from './decode-graph.js';
import type { Decoder, DecoderBatch, NextTokenScores, ScoreRequest } from './decoder.js';
import { frozenWeights, placesOf } from './frozen-weights.js';
import { GrowingRotaryTables } from './growing-rotary-tables.js';
import { KeyValueCache } from './key-value-cache.js';
import { longest, RowEnds, samplingFeeds } from './token-feeds.js';

/** `parameterOf` gives the numbers of a parameter, read before this returns. */
export async function createHostDecoder(
  executor: Executor,
  architecture: Architecture,
  parameterOf: (name: string) => HostTensor,
): Promise<Decoder> {
  const { config } = architecture;
  const graph = new Graph();
  const inputs = floatInputs(graph, architecture);
  const names = graph.inputs.map(({ name }) => name);
  const frozen = frozenWeights(graph, architecture);
  const parameters = new Map([...withJoinedWeights(config, inputs), ...frozen.tensors]);
  decodeGraph(graph, config, parameters, 'read');
  const contents = new Map(frozen.contents);
  for (const name of names) contents.set(name, bytesOf(parameterOf(name).data));
  const session = await executor.createSession(
    serializeOnnx(graph, { target: executor.target, initializers: placesOf(contents) }),
    { externalData: contents },
  );
  const tables = new GrowingRotaryTables(config, rotaryTables);
  return {
    begin: (rows, tokens) => new HostBatch(session, config, tables, rows, tokens),
    dispose: () => session.dispose(),
  };
}

class HostBatch implements DecoderBatch {
  #cache: KeyValueCache;
  readonly #ends: RowEnds;

  constructor(
    private readonly session: GraphSession,
    private readonly config: ModelConfig,
    private readonly tables: GrowingRotaryTables,
    rows: number,
    tokens: number,
  ) {
    this.#ends = new RowEnds(rows, config.contextLength);
    this.#cache = new KeyValueCache(config, this.#ends, tokens);
  }

  async read(tokens: readonly ArrayLike<number>[], request: ScoreRequest): Promise<Partial<NextTokenScores>> {
    const end = this.#cache.reserve(longest(tokens));
    const outputs = await this.session.run(
      {
        ...this.#cache.feeds(),
        ...this.#ends.feeds(tokens),
        ...samplingFeeds(request),
        ...this.tables.atLeast(end),
      },
      [...request.names, freshName],
    );
    this.#cache.append(
      outputs[freshName]!,
      tokens.map(({ length }) => length),
    );
    this.#ends.advance(tokens);
    return Object.fromEntries(request.names.map((name) => [name, outputs[name]!.data]));
  }

  async select(rows: readonly number[]): Promise<void> {
    this.#cache.select(rows);
    this.#ends.select(rows);
  }

  dispose(): void {
    this.#cache = new KeyValueCache(this.config, this.#ends, 0);
  }
}
