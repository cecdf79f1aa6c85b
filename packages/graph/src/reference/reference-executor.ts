/**
 * Runs a serialized graph with plain loops in 64-bit floats: slow, and simple enough to be believed. Tests
 * compare the real runtimes with it, and finite differences through it are exact to about ten digits.
 */
import { LlmError } from '@llm/core';
import { bytesOfContents, type Executor } from '../execution/executor.js';
import { type OnnxModel, parseOnnx } from '../onnx/parse-onnx.js';
import { createTensorData, type HostTensor } from '../tensors/tensor.js';
import { elementwiseKernels } from './elementwise-kernels.js';
import { fusedKernels } from './fused-kernels.js';
import type { KernelFamily, Numeric } from './kernel.js';
import { matmulKernels } from './matmul-kernels.js';
import { movementKernels } from './movement-kernels.js';
import { quantizedKernels } from './quantized-kernels.js';
import { reduceKernels } from './reduce-kernels.js';

/** Of the operators that graphs are written in. */
export const referenceKernels: KernelFamily = {
  ...elementwiseKernels,
  ...matmulKernels,
  ...quantizedKernels,
  ...reduceKernels,
  ...movementKernels,
};

/** Computes outputs at full precision: no rounding to float32 anywhere. */
export function interpret(
  model: OnnxModel,
  feeds: ReadonlyMap<string, Numeric>,
  fetches: readonly string[],
): Map<string, Numeric> {
  const values = new Map<string, Numeric>(feeds);
  for (const [name, tensor] of model.initializers) values.set(name, toNumeric(tensor));
  for (const { name } of model.inputs) {
    if (!values.has(name)) {
      throw new LlmError({ code: 'graph/feed-missing', message: `The graph's input "${name}" was not fed.` });
    }
  }
  for (const { operator, inputs, outputs, attributes } of model.nodes) {
    const kernel = referenceKernels[operator] ?? fusedKernels[operator];
    if (kernel === undefined) {
      throw new LlmError({
        code: 'graph/operator-unknown',
        message: `The reference interpreter has no operator "${operator}".`,
      });
    }
    const results = kernel(
      inputs.map((name) => values.get(name)!),
      attributes,
      Math.max(outputs.length, operator === 'SimplifiedLayerNormalization' ? 2 : 1),
    );
    outputs.forEach((name, index) => {
      if (name !== '') values.set(name, results[index]!);
    });
  }
  return new Map(fetches.map((name) => [name, values.get(name)!]));
}

export function toNumeric({ type, shape, data }: HostTensor): Numeric {
  const numbers = data instanceof BigInt64Array ? Float64Array.from(data, Number) : new Float64Array(data);
  return { type, shape, data: numbers };
}

export function toHost({ type, shape, data }: Numeric): HostTensor {
  const rounded = createTensorData(type, data.length);
  if (rounded instanceof BigInt64Array) {
    for (let index = 0; index < data.length; index++) rounded[index] = BigInt(data[index]!);
  } else {
    rounded.set(data);
  }
  return { type, shape, data: rounded };
}

/**
 * Everything the contract asks of a runtime, at reading
 * speed. Results are rounded to float32 at the end only.
 */
export const referenceExecutor: Executor = {
  name: 'reference',
  target: 'cpu',
  async createSession(bytes, { externalData = new Map() } = {}) {
    const model = parseOnnx(bytes, bytesOfContents(externalData));
    return {
      async run(feeds, fetches = model.outputs.map(({ name }) => name)) {
        const numeric = new Map(Object.entries(feeds).map(([name, tensor]) => [name, toNumeric(tensor)]));
        const results = interpret(model, numeric, fetches);
        return Object.fromEntries(Array.from(results, ([name, value]) => [name, toHost(value)]));
      },
      async dispose() {},
    };
  },
};
