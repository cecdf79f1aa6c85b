/**
 * A decoder-only transformer on an executor: trains, scores and generates from one set of parameter buffers.
 * A graph is compiled once per batch shape and kept; all of them read and write the same memory. Same
 * configuration, seed and batches, same threads: same numbers, to the bit.
 */
import {
  type Completion,
  checkNumber,
  checkNumbers,
  LlmError,
  type NamedTensor,
  type OptimizerStep,
  type ScoreBatch,
  type ScoringModel,
  type StepResult,
  type TokenBatch,
  type TrainingSnapshot,
  type ValueModel,
} from '@llm/core';
import type { Executor, Objective } from '@llm/graph';
import { type Architecture, architectureOf } from './architecture/architecture.js';
import { checkModelConfig } from './config/check-model-config.js';
import type { ModelConfig } from './config/model-config.js';
import { CacheMemory, defaultCacheBytes } from './generation/batching/cache-memory.js';
import {
  GenerationCounters,
  type GenerationStatistics,
} from './generation/batching/generation-statistics.js';
import { CurrentDecoder } from './generation/decoder/current-decoder.js';
import { generate } from './generation/generate.js';
import type { TransformerGenerateOptions } from './generation/generate-options.js';
import { adamW } from './optimizers/adamw.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { GraphSessions } from './training/graph-sessions.js';
import { type Inspection, type InspectionOptions, inspect } from './training/inspection.js';
import type { MemoryOption } from './training/memory.js';
import { ModelState } from './training/model-state.js';
import { negativeLogLikelihood } from './training/negative-log-likelihood.js';
import { allLogits, scalarValues, targetLogProbabilities } from './training/scoring.js';
import { type StepParts, takeTrainStep } from './training/train-step.js';
import { pieceFor } from './training/update-in-pieces.js';
import { checkParameters } from './weights/check-parameters.js';
import { checkSize } from './weights/check-size.js';
import { initialTensors } from './weights/initial-parameters.js';
import type { LoraConfig } from './weights/lora.js';
import { elementCount, parameterLayout } from './weights/parameter-layout.js';
import { scoreName } from './weights/parameter-names.js';
import {
  checkQuantized,
  type IntegerMatrix,
  isQuantized,
  type WeightTensor,
} from './weights/quantized-tensor.js';

export interface TransformerOptions {
  readonly config: ModelConfig;
  readonly executor: Executor;
  /** Initial parameters when `parameters` is absent. Default 0. */
  readonly seed?: number | string | undefined;
  /**
   * Copied. Throws `model/parameters-mismatch` when they do not fit the configuration. Matrices of integers
   * (`quantizeParameters`, or from a GGUF file) are read where they are and stay as they are: the model
   * generates, scores, and trains adapters (`lora`) on them. Those of a file that is read again when it is
   * needed (`fileSource`) are not held: the file must stay as it is while the model lives. A scalar head
   * that is missing among them begins from `seed`: a base model becomes a reward model or a critic.
   */
  readonly parameters?: ReadonlyMap<string, WeightTensor> | undefined;
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
   * `fast` or `compact`, see `MemoryOption`. Default: for each batch shape `compact` where `fast` would hold
   * more than 1 GiB in attention weights and logits, 4 · rows · columns · (depth · heads · columns +
   * vocabularySize) bytes.
   */
  readonly memory?: MemoryOption | undefined;
  /**
   * Memory for keys and values of all rows that are continued side by side, of one call of `generate` or of
   * many: rows that do not fit wait. One row that is larger is continued alone. Default 2²⁹.
   */
  readonly cacheBytes?: number | undefined;
  /**
   * Keep keys and values of what was read and generated, up to so many bytes (least recently used first to
   * go): a prompt that begins with 16 tokens or more of it is read from there on, which gives what reading
   * all of it gives, within the rounding of float32. Default: none.
   */
  readonly prefixCache?: { readonly bytes: number } | undefined;
}

export interface Transformer extends ValueModel {
  readonly config: ModelConfig;
  readonly parameterCount: number;
  /** Logits [rows × columns × vocabularySize] of every position. */
  logits(batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>): Promise<Float32Array>;
  /** One text through the model, with what is computed on the way; for looking, not for speed. */
  inspect(inputs: Int32Array, options?: InspectionOptions): Promise<Inspection>;
  /**
   * Calls that run at the same time share one batch: a server calls it for each request. A call that is alone
   * gives the same numbers every time, to the bit; beside others they differ by the rounding of float32.
   */
  generate(prompts: readonly Int32Array[], options: TransformerGenerateOptions): Promise<Completion[]>;
  /**
   * Frees what generation holds between calls, its copy of the weights above all; while one runs, when it has
   * ended. The next call makes it anew.
   */
  freeGeneration(): Promise<void>;
  /** As it is now. */
  readonly generationStatistics: GenerationStatistics;
  /** What the scalar head says. Throws `model/no-scalar-head` where the configuration has none. */
  values(batch: ScoreBatch): Promise<Float32Array>;
  /**
   * The same weights without the adapters, to score with: the reference that a policy trained with `lora`
   * began as, without a second copy of it. Disposed of with this model.
   */
  withoutAdapters(): ScoringModel;
  /** Copies of the model's parameters in float32, adapters merged into them. */
  mergedParameters(): Promise<Map<string, NamedTensor>>;
}

/**
 * Any (rows, columns ≤ contextLength) can be trained and scored; a new shape costs
 * one compilation. Throws `model/config-invalid`, `model/parameters-mismatch`, or
 * `model/too-large` for a model that no machine holds.
 */
export async function createTransformer(options: TransformerOptions): Promise<Transformer> {
  const { config, seed = 0 } = options;
  checkModelConfig(config);
  checkNumbers(options, { cacheBytes: { minimum: 0 } });
  if (options.prefixCache) checkNumber('prefixCache.bytes', options.prefixCache.bytes, { minimum: 0 });
  const given = options.parameters && withScalarHead(config, options.parameters, seed);
  if (given) checkParameters(config, given, 'the given parameters');
  else checkSize(config);
  const { floats, quantized } = sorted(given ?? new Map());
  const form = options.executor.target === 'webgpu' ? 'stored' : 'bytes';
  const architecture = architectureOf(config, options.lora, quantized, form);
  const parameters = options.parameters === undefined ? initialTensors(architecture.layout, seed) : floats;
  return new GraphTransformer(options, architecture, parameters);
}

/** The parameters with a new scalar head, where the configuration has one and they do not. */
function withScalarHead(
  config: ModelConfig,
  parameters: ReadonlyMap<string, WeightTensor>,
  seed: number | string,
): ReadonlyMap<string, WeightTensor> {
  if (config.scalarHead !== true || parameters.has(scoreName)) return parameters;
  const head = [...parameterLayout(config)].filter(([name]) => name === scoreName);
  return new Map([...parameters, ...initialTensors(new Map(head), seed)]);
}

function sorted(parameters: ReadonlyMap<string, WeightTensor>): {
  floats: ReadonlyMap<string, NamedTensor>;
  quantized: ReadonlyMap<string, IntegerMatrix>;
} {
  const floats = new Map<string, NamedTensor>();
  const quantized = new Map<string, IntegerMatrix>();
  for (const [name, tensor] of parameters) {
    if (!isQuantized(tensor)) floats.set(name, tensor);
    else {
      if (!('read' in tensor)) checkQuantized(name, tensor);
      quantized.set(name, tensor);
    }
  }
  return { floats, quantized };
}

class GraphTransformer implements Transformer {
  readonly specificationVersion = 'v1';
  readonly config: ModelConfig;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly parameterCount: number;
  readonly #state: ModelState;
  readonly #parts: StepParts;
  readonly #decoder: CurrentDecoder;
  readonly #memory: CacheMemory;
  readonly #counters = new GenerationCounters();
  readonly #executor: Executor;
  /** Without adapters; made when it is asked for. */
  #plain: StepParts | undefined;
  #stepsTaken = 0;
  /** The step that is being taken: it writes parameters one after the other, so others wait for its end. */
  #step: Promise<unknown> = Promise.resolve();
  /** Counts changes of the parameters. */
  #version = 0;

  constructor(
    options: TransformerOptions,
    architecture: Architecture,
    parameters: ReadonlyMap<string, NamedTensor>,
  ) {
    const { config, executor, optimizer = adamW(), objective = negativeLogLikelihood, memory } = options;
    this.config = config;
    this.#executor = executor;
    this.vocabularySize = config.vocabularySize;
    this.contextLength = config.contextLength;
    this.parameterCount = elementCount(architecture.layout);
    this.#state = new ModelState(architecture, optimizer, parameters, options.seed ?? 0);
    const sessions = new GraphSessions(executor, this.#state);
    const { buffers } = this.#state;
    const piece = pieceFor(architecture.trained, memory, executor.device !== undefined);
    this.#parts = { architecture, sessions, objective, optimizer, memory, buffers, piece };
    this.#memory = new CacheMemory(config, options.cacheBytes ?? defaultCacheBytes);
    this.#decoder = new CurrentDecoder(executor, architecture, buffers, {
      memory: this.#memory,
      prefixBytes: options.prefixCache?.bytes ?? 0,
      counters: this.#counters,
    });
  }

  get stepsTaken(): number {
    return this.#stepsTaken;
  }

  async trainStep(
    batch: TokenBatch | readonly TokenBatch[],
    { learningRate }: OptimizerStep,
  ): Promise<StepResult> {
    this.#checkTrainable();
    const batches = 'rows' in batch ? [batch] : batch;
    const taken = takeTrainStep(this.#parts, batches, this.#stepsTaken + 1, learningRate);
    this.#step = taken.catch(() => undefined);
    const result = await taken;
    this.#stepsTaken++;
    this.#version++;
    return result;
  }

  async logProbabilities(batch: ScoreBatch): Promise<Float32Array> {
    await this.#step;
    return targetLogProbabilities(this.#parts, batch);
  }

  async values(batch: ScoreBatch): Promise<Float32Array> {
    await this.#step;
    return scalarValues(this.#parts, batch);
  }

  withoutAdapters(): ScoringModel {
    const { architecture } = this.#parts;
    const { config, lora, quantized, integerForm } = architecture;
    if (lora === undefined)
      throw new LlmError({
        code: 'model/no-adapters',
        message:
          'This model has no adapters to leave out: make it with lora: { rank }, or give a frozen copy.',
      });
    this.#plain ??= {
      ...this.#parts,
      architecture: architectureOf(config, undefined, quantized, integerForm),
      sessions: new GraphSessions(this.#executor, this.#state),
    };
    const parts = this.#plain;
    return {
      vocabularySize: this.vocabularySize,
      contextLength: this.contextLength,
      logProbabilities: async (batch) => {
        await this.#step;
        return targetLogProbabilities(parts, batch);
      },
    };
  }

  async logits(batch: Pick<ScoreBatch, 'rows' | 'columns' | 'inputs'>): Promise<Float32Array> {
    await this.#step;
    return allLogits(this.#parts, batch);
  }

  async inspect(inputs: Int32Array, options: InspectionOptions = {}): Promise<Inspection> {
    await this.#step;
    return inspect(this.#parts, inputs, options);
  }

  async generate(prompts: readonly Int32Array[], options: TransformerGenerateOptions): Promise<Completion[]> {
    await this.#step;
    return this.#decoder.use(this.#version, (batch) =>
      generate(this.config, batch, this.#memory, prompts, options),
    );
  }

  freeGeneration(): Promise<void> {
    return this.#decoder.free();
  }

  get generationStatistics(): GenerationStatistics {
    return this.#counters.statistics;
  }

  /** Throws `model/weights-quantized`. */
  #checkTrainable(): void {
    const { lora, quantized } = this.#parts.architecture;
    const [name] = quantized.keys();
    if (lora !== undefined || name === undefined) return;
    throw new LlmError({
      code: 'model/weights-quantized',
      message: `"${name}" and ${quantized.size - 1} more weights are integers, which cannot be trained. Train adapters on them (createTransformer with lora: { rank }), or make the model from float32 weights.`,
      details: { tensor: name },
    });
  }

  async snapshot(): Promise<TrainingSnapshot> {
    this.#checkTrainable();
    await this.#step;
    return {
      stepsTaken: this.#stepsTaken,
      parameters: await this.#state.trainedTensors(),
      optimizerState: await this.#state.optimizerState(),
    };
  }

  /** A snapshot without optimizer state starts the optimizer afresh. */
  async restore(snapshot: TrainingSnapshot): Promise<void> {
    this.#checkTrainable();
    await this.#step;
    this.#state.write(snapshot.parameters, snapshot.optimizerState);
    this.#stepsTaken = snapshot.stepsTaken;
    this.#version++;
  }

  async mergedParameters(): Promise<Map<string, NamedTensor>> {
    await this.#step;
    return this.#state.mergedParameters();
  }

  async dispose(): Promise<void> {
    await this.#decoder.free();
    await this.#plain?.sessions.dispose();
    await this.#parts.sessions.dispose();
  }
}
