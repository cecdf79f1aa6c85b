/**
 * A decoder-only transformer on an executor: trains, scores and generates from one set of parameter buffers. A graph
 * is compiled once per batch shape and kept; all of them read and write the same memory. Same configuration, seed and
 * batches, same threads: same numbers, to the bit.
 */
import {
  type Completion,
  LlmError,
  type NamedTensor,
  type OptimizerStep,
  type ScoreBatch,
  type StepResult,
  type TokenBatch,
  type TrainableModel,
  type TrainingSnapshot,
} from '@llm/core';
import {
  createStatefulSession,
  type Executor,
  Graph,
  type HostTensor,
  type Objective,
  type StatefulSession,
  type Tensor,
} from '@llm/graph';
import { languageModelHead } from './architecture/forward.js';
import { type Architecture, type Parameters, parameterInputs } from './architecture/parameters.js';
import { checkModelConfig, type ModelConfig } from './config/model-config.js';
import { CurrentDecoder } from './generation/decoder/current-decoder.js';
import { createDeviceDecoder } from './generation/decoder/device-decoder.js';
import { createHostDecoder } from './generation/decoder/host-decoder.js';
import { generate, type TransformerGenerateOptions } from './generation/generate.js';
import { adamW } from './optimizers/adamw.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { checkBatch } from './training/check-batch.js';
import { type CompactMemory, type MemoryOption, memoryFor } from './training/memory.js';
import { ModelState } from './training/model-state.js';
import { negativeLogLikelihood } from './training/negative-log-likelihood.js';
import { sequenceStates } from './training/sequence-forward.js';
import { tokenScores } from './training/token-scores.js';
import {
  accumulationGraph,
  type TrainingGraph,
  type TrainingGraphOptions,
  trainingGraph,
  updateGraph,
} from './training/training-graph.js';
import { checkParameters, initialParameters } from './weights/initial-parameters.js';
import type { LoraConfig } from './weights/lora.js';
import { parameterCount } from './weights/parameter-layout.js';

export interface TransformerOptions {
  readonly config: ModelConfig;
  readonly executor: Executor;
  /** Initial parameters when `parameters` is absent. Default 0. */
  readonly seed?: number | string | undefined;
  /** Copied. Throws `model/parameters-mismatch` when they do not fit the configuration. */
  readonly parameters?: ReadonlyMap<string, NamedTensor> | undefined;
  /** Default: `negativeLogLikelihood`. */
  readonly objective?: Objective | undefined;
  /** Default: `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /**
   * Trains low-rank adapters and leaves `parameters` as they are. Snapshots then hold the adapters alone;
   * `mergedParameters` gives the whole model.
   */
  readonly lora?: LoraConfig | undefined;
  /**
   * `fast` or `compact`, see `MemoryOption`. Default: for each batch shape `compact` where `fast` would hold more than
   * 1 GiB in attention weights and logits, 4 · rows · columns · (depth · heads · columns + vocabularySize) bytes.
   */
  readonly memory?: MemoryOption | undefined;
}

export interface Transformer extends TrainableModel {
  readonly config: ModelConfig;
  readonly parameterCount: number;
  /** Logits [rows × columns × vocabularySize] of every position. */
  logits(batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>): Promise<Float32Array>;
  generate(prompts: readonly Int32Array[], options: TransformerGenerateOptions): Promise<Completion[]>;
  /** Copies of the model's parameters, adapters merged into them. */
  mergedParameters(): Promise<Map<string, NamedTensor>>;
}

/** Any (rows, columns ≤ contextLength) can be trained and scored; a new shape costs one compilation. */
export async function createTransformer(options: TransformerOptions): Promise<Transformer> {
  checkModelConfig(options.config);
  const parameters = options.parameters ?? initialParameters(options.config, options.seed ?? 0);
  checkParameters(
    options.config,
    parameters,
    options.parameters ? 'the given parameters' : 'the initializer',
  );
  return new GraphTransformer(options, parameters);
}

class GraphTransformer implements Transformer {
  readonly specificationVersion = 'v1';
  readonly config: ModelConfig;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly parameterCount: number;
  readonly #executor: Executor;
  readonly #objective: Objective;
  readonly #optimizer: Optimizer;
  readonly #memory: MemoryOption | undefined;
  readonly #architecture: Architecture;
  readonly #state: ModelState;
  readonly #sessions = new Map<string, Promise<StatefulSession>>();
  #stepsTaken = 0;
  /** Counts changes of the parameters. */
  #version = 0;
  readonly #decoder = new CurrentDecoder();

  constructor(options: TransformerOptions, parameters: ReadonlyMap<string, NamedTensor>) {
    this.config = options.config;
    this.vocabularySize = options.config.vocabularySize;
    this.contextLength = options.config.contextLength;
    this.parameterCount = parameterCount(options.config);
    this.#executor = options.executor;
    this.#objective = options.objective ?? negativeLogLikelihood;
    this.#optimizer = options.optimizer ?? adamW();
    this.#memory = options.memory;
    this.#architecture = { config: this.config, lora: options.lora };
    this.#state = new ModelState(this.#architecture, this.#optimizer, parameters, options.seed ?? 0);
  }

  get stepsTaken(): number {
    return this.#stepsTaken;
  }

  async trainStep(batch: TokenBatch | readonly TokenBatch[], step: OptimizerStep): Promise<StepResult> {
    const batches = 'rows' in batch ? [batch] : batch;
    if (batches.length === 0)
      throw new LlmError({
        code: 'model/batch-invalid',
        message: 'A step needs at least one batch, got none.',
      });
    for (const part of batches) checkBatch(this.config, part, this.#objective);
    if (!Number.isFinite(step.learningRate))
      throw new LlmError({
        code: 'model/learning-rate-invalid',
        message: `Step ${this.#stepsTaken + 1}: the learning rate is ${step.learningRate}; it must be a finite number.`,
        details: { step: this.#stepsTaken + 1 },
      });
    const scalars = Object.entries(this.#optimizer.scalars(this.#stepsTaken + 1)).map(
      ([name, value]): [string, HostTensor] => [name, scalar(value)],
    );
    const stepFeeds = { ...Object.fromEntries(scalars), learningRate: scalar(step.learningRate) };
    const result = await (batches.length === 1
      ? this.#stepAtOnce(batches[0]!, stepFeeds)
      : this.#stepInParts(batches, stepFeeds));
    const { loss, gradientNorm } = result;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new LlmError({
        code: 'model/loss-not-finite',
        message: `Step ${this.#stepsTaken + 1}: the loss is ${loss} and the gradient norm ${gradientNorm}. The parameters were left as they were; lower the learning rate (now ${step.learningRate}) or look at the batch.`,
        details: { step: this.#stepsTaken + 1, loss: String(loss), gradientNorm: String(gradientNorm) },
      });
    this.#stepsTaken++;
    this.#version++;
    return result;
  }

  async #stepAtOnce(batch: TokenBatch, stepFeeds: Readonly<Record<string, HostTensor>>): Promise<StepResult> {
    const session = await this.#session(`train ${shapeKey(batch)}`, () =>
      this.#writer(trainingGraph({ ...this.#graphOptions(batch), optimizer: this.#optimizer })),
    );
    const outputs = await session.step({ ...this.#batchFeeds(batch), ...stepFeeds }, undefined, isFiniteStep);
    return {
      loss: read(outputs.loss),
      gradientNorm: read(outputs.gradientNorm),
      metrics: metricsOf(outputs),
    };
  }

  /** Gradient accumulation: parameters and optimizer state move once, after the last batch. */
  async #stepInParts(
    batches: readonly TokenBatch[],
    stepFeeds: Readonly<Record<string, HostTensor>>,
  ): Promise<StepResult> {
    let loss = 0;
    const metrics: Record<string, number> = {};
    for (const [index, batch] of batches.entries()) {
      const session = await this.#session(`accumulate ${shapeKey(batch)}`, () =>
        this.#writer(accumulationGraph(this.#graphOptions(batch))),
      );
      const accumulated = scalar(Math.min(index, 1));
      const outputs = await session.step({ ...this.#batchFeeds(batch), accumulated });
      loss += read(outputs.loss);
      for (const [name, value] of Object.entries(metricsOf(outputs)))
        metrics[name] = (metrics[name] ?? 0) + value / batches.length;
    }
    const session = await this.#session('update', () =>
      this.#writer(updateGraph({ ...this.#architecture, optimizer: this.#optimizer })),
    );
    const outputs = await session.step(
      stepFeeds,
      undefined,
      (results) => Number.isFinite(loss) && isFiniteStep(results),
    );
    return { loss, gradientNorm: read(outputs.gradientNorm), metrics };
  }

  #graphOptions(batch: TokenBatch): Omit<TrainingGraphOptions, 'optimizer'> {
    const { rows, columns } = batch;
    return {
      ...this.#architecture,
      objective: this.#objective,
      rows,
      columns,
      segmented: batch.segments !== undefined,
      memory: this.#memoryFor(rows, columns),
    };
  }

  #batchFeeds(batch: TokenBatch): Record<string, HostTensor> {
    const feeds: Record<string, HostTensor> = {
      tokens: int32(batch.inputs),
      targets: int32(batch.targets),
      weights: float32(batch.weights),
      normalizer: scalar(batch.normalizer),
    };
    if (batch.segments) feeds.segments = { ...int32(batch.segments), shape: [batch.rows, batch.columns] };
    for (const name of this.#objective.extraInputs)
      feeds[`extra.${name}`] = float32(batch.extraInputs![name]!);
    return feeds;
  }

  async logProbabilities(batch: ScoreBatch): Promise<Float32Array> {
    checkBatch(this.config, batch);
    const { rows, columns } = batch;
    const session = await this.#session(`score ${rows} ${columns}`, async () => {
      const memory = this.#memoryFor(rows, columns);
      const { graph, parameters, states } = this.#forward(rows, columns, memory);
      const targets = graph.input('targets', 'int32', [rows * columns]);
      const scores = tokenScores(this.config, parameters, states, targets, memory);
      graph.output('logProbabilities', scores.logProbabilities);
      return this.#reader(graph);
    });
    const outputs = await session.step({ tokens: int32(batch.inputs), targets: int32(batch.targets) });
    return outputs.logProbabilities!.data as Float32Array;
  }

  async logits(batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>): Promise<Float32Array> {
    checkBatch(this.config, { ...batch, targets: batch.inputs });
    const { rows, columns } = batch;
    const session = await this.#session(`logits ${rows} ${columns}`, async () => {
      const { graph, parameters, states } = this.#forward(rows, columns, this.#memoryFor(rows, columns));
      graph.output('logits', languageModelHead(this.config, parameters, states));
      return this.#reader(graph);
    });
    return (await session.step({ tokens: int32(batch.inputs) })).logits!.data as Float32Array;
  }

  generate(prompts: readonly Int32Array[], options: TransformerGenerateOptions): Promise<Completion[]> {
    const onDevice = this.#executor.device !== undefined;
    return this.#decoder.use(
      onDevice ? 0 : this.#version,
      () =>
        onDevice
          ? createDeviceDecoder(this.#executor, this.#architecture, this.#state.buffers)
          : createHostDecoder(this.#executor, this.#architecture, (name) =>
              this.#state.buffers.current(name),
            ),
      (decoder) => generate(this.config, decoder, prompts, options),
    );
  }

  async snapshot(): Promise<TrainingSnapshot> {
    return {
      stepsTaken: this.#stepsTaken,
      parameters: await this.#state.trainedTensors(),
      optimizerState: await this.#state.optimizerState(),
    };
  }

  /** A snapshot without optimizer state starts the optimizer afresh. */
  async restore(snapshot: TrainingSnapshot): Promise<void> {
    this.#state.write(snapshot.parameters, snapshot.optimizerState);
    this.#stepsTaken = snapshot.stepsTaken;
    this.#version++;
  }

  mergedParameters(): Promise<Map<string, NamedTensor>> {
    return this.#state.mergedParameters();
  }

  async dispose(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await this.#decoder.dispose();
    for (const session of sessions) await (await session).dispose();
  }

  #memoryFor(rows: number, columns: number): CompactMemory | undefined {
    return memoryFor(this.config, rows, columns, this.#memory);
  }

  /** Whole sequences without segments, up to the head. */
  #forward(
    rows: number,
    columns: number,
    memory: CompactMemory | undefined,
  ): { graph: Graph; parameters: Parameters; states: Tensor } {
    const graph = new Graph();
    const parameters = parameterInputs(graph, this.#architecture);
    const options = { config: this.config, parameters, rows, columns, segmented: false, memory };
    return { graph, parameters, states: sequenceStates(graph, options) };
  }

  /** A session that only reads the parameters. */
  #reader(graph: Graph): Promise<StatefulSession> {
    return createStatefulSession(
      this.#executor,
      graph,
      this.#state.parameterNames
        .filter((input) => graph.inputs.some(({ name }) => name === input))
        .map((input) => ({ input })),
      { buffers: this.#state.buffers },
    );
  }

  /** A session that carries the graph's state on and reads the parameters that are not part of it. */
  #writer({ graph, state }: TrainingGraph): Promise<StatefulSession> {
    const bound = new Set(state.map(({ input }) => input));
    const frozen = this.#state.parameterNames.filter((name) => !bound.has(name)).map((input) => ({ input }));
    return createStatefulSession(this.#executor, graph, [...state, ...frozen], {
      buffers: this.#state.buffers,
    });
  }

  #session(key: string, create: () => Promise<StatefulSession>): Promise<StatefulSession> {
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = create();
      this.#sessions.set(key, session);
      session.catch(() => this.#sessions.delete(key));
    }
    return session;
  }
}

const int32 = (data: Int32Array): HostTensor => ({ type: 'int32', shape: [data.length], data });
const float32 = (data: Float32Array): HostTensor => ({ type: 'float32', shape: [data.length], data });
const scalar = (value: number): HostTensor => ({ type: 'float32', shape: [], data: Float32Array.of(value) });
const shapeKey = ({ rows, columns, segments }: TokenBatch): string =>
  `${rows} ${columns} ${segments !== undefined}`;
const isFiniteStep = (outputs: Readonly<Record<string, HostTensor>>): boolean =>
  [outputs.loss, outputs.gradientNorm].every(
    (tensor) => tensor === undefined || Number.isFinite(read(tensor)),
  );
const metricsOf = (outputs: Readonly<Record<string, HostTensor>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, tensor]) =>
      name.startsWith('metric.') ? [[name.slice('metric.'.length), read(tensor)]] : [],
    ),
  );
const read = (tensor: HostTensor | undefined): number => Number(tensor!.data[0]);
