export type {
  DeviceMemory,
  Executor,
  ExternalContent,
  GraphSession,
  Precision,
  ResidentTensor,
} from './execution/executor.js';
export { bytesOfContent, isResident } from './execution/executor.js';
export { openSession } from './execution/open-session.js';
export { productRate } from './execution/product-rate.js';
export { StateBuffers } from './execution/state-buffers.js';
export type { StateBinding, StatefulSession } from './execution/stateful-session.js';
export { createStatefulSession } from './execution/stateful-session.js';
export { constantScalar } from './functions/constants.js';
export {
  abs,
  add,
  cast,
  clip,
  div,
  equal,
  exp,
  gelu,
  greater,
  less,
  lessOrEqual,
  log,
  logicalAnd,
  logicalOr,
  max,
  min,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  sub,
  tanh,
  where,
} from './functions/elementwise.js';
export { gather, gatherElements, scatterElements } from './functions/indexing.js';
export { matMul } from './functions/matmul.js';
export {
  concat,
  dimensionOf,
  pad,
  range,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from './functions/movement.js';
export { layerNormalization, rmsNormalization } from './functions/normalization.js';
export type { QuantizedMatrix } from './functions/quantized.js';
export { dequantize, gatherQuantized, matMulQuantized } from './functions/quantized.js';
export { reduceMax, reduceMean, reduceSum, reduceSumSquare } from './functions/reduce.js';
export { logSoftmax, softmax, softmaxEntropy } from './functions/softmax.js';
export { differentiate } from './gradients/differentiate.js';
export { estimatePeakMemory } from './graph/estimate-peak-memory.js';
export type { GraphNode } from './graph/graph.js';
export { Graph, Tensor } from './graph/graph.js';
export type { Objective, ObjectiveInputs } from './graph/objective.js';
export { rewriteGraph } from './graph/rewrite-graph.js';
export type { ExternalData } from './onnx/serialize-onnx.js';
export { serializeOnnx } from './onnx/serialize-onnx.js';
export { chunkedLogSoftmaxGather } from './recomputation/chunked-log-softmax.js';
export { chunkedSoftmaxMatMul } from './recomputation/chunked-softmax-matmul.js';
export { recompute, recomputeInChunks } from './recomputation/recompute.js';
export { referenceExecutor } from './reference/reference-executor.js';
export { discardArray } from './tensors/discard-array.js';
export type { Dimension, HostTensor, TensorType } from './tensors/tensor.js';
