/**
 * The live numbers of one model: its parameters, LoRA adapters beside them, and the optimizer's state, in
 * memory that all graphs of the model read and write.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { type HostTensor, StateBuffers } from '@llm/graph';
import type { Architecture } from '../architecture/architecture.js';
import { float32 } from '../architecture/host-tensors.js';
import { floatParameters } from '../architecture/parameters.js';
import { type QuantizedPart, quantizedParts } from '../architecture/quantized-weight.js';
import { type Optimizer, stateName } from '../optimizers/optimizer.js';
import { bytesOf } from '../weights/bytes-of.js';
import { checkTensors } from '../weights/check-parameters.js';
import { initialTensors } from '../weights/initial-parameters.js';
import { initialMagnitudes, mergeLora } from '../weights/lora.js';
import { dequantizeTensor } from '../weights/quantized-tensor.js';

type NamedTensors = ReadonlyMap<string, NamedTensor>;

export class ModelState {
  readonly buffers = new StateBuffers();
  /** Every parameter and adapter of floats. */
  readonly parameterNames: readonly string[];
  /** Optimizer state → shape; made when the first step or snapshot needs it. */
  readonly #optimizerShapes = new Map<string, readonly number[]>();

  /** `parameters` are copied; adapters start from `seed`. */
  constructor(
    private readonly architecture: Architecture,
    private readonly optimizer: Optimizer,
    parameters: NamedTensors,
    seed: number | string,
  ) {
    const { trained, lora } = architecture;
    for (const [name, shape] of floatParameters(architecture))
      this.buffers.declare(name, { type: 'float32', shape });
    this.parameterNames = this.buffers.names();
    this.buffers.write(hostTensors(parameters));
    if (lora !== undefined) {
      const adapters = [...initialTensors(trained, seed), ...initialMagnitudes(trained, parameters)];
      this.buffers.write(hostTensors(new Map(adapters.filter(([name]) => !parameters.has(name)))));
    }
    for (const [name, layout] of trained)
      for (const [suffix, shape] of Object.entries(optimizer.stateShapes(name, layout)))
        this.#optimizerShapes.set(stateName(name, suffix), shape);
  }

  /** Puts the weights of integers beside the others, for graphs that read them at every run; their names. */
  shareQuantized(): readonly string[] {
    if (this.architecture.integerForm === 'stored') return [];
    const parts = this.#quantizedParts();
    for (const { name, type, shape, data } of parts)
      if (!this.buffers.has(name)) this.buffers.share(name, { type, shape, data: data() });
    return parts.map(({ name }) => name);
  }

  /** Bytes of weights of integers that a graph cannot read as inputs (WebGPU): part of its session. */
  frozenQuantized(): ReadonlyMap<string, Uint8Array> {
    if (this.architecture.integerForm !== 'stored') return new Map();
    return new Map(this.#quantizedParts().map(({ name, data }) => [name, bytesOf(data())]));
  }

  #quantizedParts(): QuantizedPart[] {
    const { quantized, integerForm } = this.architecture;
    return [...quantized].flatMap(([name, tensor]) => quantizedParts(name, tensor, integerForm));
  }

  /** Copies of what is trained. */
  async trainedTensors(): Promise<Map<string, NamedTensor>> {
    return namedTensors(await this.buffers.download([...this.architecture.trained.keys()]));
  }

  /** Copies of the optimizer's state; empty before the first step. */
  async optimizerState(): Promise<Map<string, NamedTensor>> {
    const declared = new Set(this.buffers.names());
    const names = [...this.#optimizerShapes.keys()].filter((name) => declared.has(name));
    return namedTensors(await this.buffers.download(names));
  }

  /** Copies of the whole model's parameters, adapters merged into them. */
  async mergedParameters(): Promise<Map<string, NamedTensor>> {
    const { layout, lora, quantized } = this.architecture;
    const floats = namedTensors(
      await this.buffers.download([...layout.keys()].filter((name) => !quantized.has(name))),
    );
    const parameters = new Map(
      [...layout.keys()].map((name) => [name, floats.get(name) ?? dequantizeTensor(quantized.get(name)!)]),
    );
    return lora === undefined ? parameters : mergeLora(parameters, await this.trainedTensors(), lora);
  }

  /**
   * Copies values in; an empty `optimizerState` starts the optimizer afresh. Throws
   * `model/parameters-mismatch` or `model/optimizer-state-mismatch` before anything is written.
   */
  write(trained: NamedTensors, optimizerState: NamedTensors): void {
    checkTensors(this.architecture.trained, trained, 'the snapshot');
    const foreign = [...optimizerState.keys()].find((name) => !this.#optimizerShapes.has(name));
    const names = [...this.#optimizerShapes.keys()];
    const missing = optimizerState.size > 0 ? names.find((name) => !optimizerState.has(name)) : undefined;
    if (foreign !== undefined || missing !== undefined)
      throw new LlmError({
        code: 'model/optimizer-state-mismatch',
        message: `The snapshot's optimizer state does not belong to ${this.optimizer.name}: "${foreign ?? missing}" is ${foreign ? 'not part of it' : 'missing'}. Restore it with the optimizer it was trained with, or without state.`,
        details: { optimizer: this.optimizer.name, tensor: (foreign ?? missing)! },
      });
    const state = new Map<string, NamedTensor>();
    for (const [name, shape] of this.#optimizerShapes) {
      this.buffers.declare(name, { type: 'float32', shape });
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      state.set(name, optimizerState.get(name) ?? { shape, data: new Float32Array(size) });
    }
    this.buffers.write(hostTensors(new Map([...trained, ...state])));
  }
}

function hostTensors(tensors: NamedTensors): Map<string, HostTensor> {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, float32(data, shape)]));
}

function namedTensors(tensors: ReadonlyMap<string, HostTensor>): Map<string, NamedTensor> {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]),
  );
}
