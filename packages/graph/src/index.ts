export type {
  CreateSessionOptions,
  DeviceMemory,
  Executor,
  GraphSession,
  ResidentTensor,
  SessionOptions,
} from './execution/executor.js';
export { isResident } from './execution/executor.js';
export { StateBuffers } from './execution/state-buffers.js';
export type { StateBinding, StatefulSession, StatefulSessionOptions } from './execution/stateful-session.js';
export { createStatefulSession } from './execution/stateful-session.js';
export { silu, squaredRelu } from './functions/activations.js';
export { constantScalar, filled } from './functions/constants.js';
export {
  abs,
  add,
  cast,
  clip,
  cos,
  div,
  equal,
  erf,
  exp,
  gelu,
  greater,
  greaterOrEqual,
  identity,
  less,
  lessOrEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  stopGradient,
  sub,
  tanh,
  where,
} from './functions/elementwise.js';
export { gather, gatherElements, scatterElements, topK } from './functions/indexing.js';
export type { MatMulOptions } from './functions/matmul.js';
export { matMul } from './functions/matmul.js';
export {
  concat,
  dimensionOf,
  expand,
  pad,
  range,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  triangle,
  unsqueeze,
} from './functions/movement.js';
export { layerNormalization, rmsNormalization } from './functions/normalization.js';
export type { ReduceOptions } from './functions/reduce.js';
export {
  argMax,
  cumulativeSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  reduceSumSquare,
} from './functions/reduce.js';
export {
  logSoftmax,
  logSoftmaxGather,
  softmax,
  softmaxEntropy,
  softmaxMatMul,
} from './functions/softmax.js';
export { differentiate, pullBack } from './gradients/differentiate.js';
export { gradientTable } from './gradients/gradient-table.js';
export type {
  Composite,
  GradientCall,
  GradientFamily,
  GradientRule,
  GraphNode,
  NodeOptions,
} from './graph/graph.js';
export { Graph, Tensor } from './graph/graph.js';
export type { Objective, ObjectiveInputs } from './graph/objective.js';
export type { GraphRewrite } from './graph/rewrite-graph.js';
export { rewriteGraph } from './graph/rewrite-graph.js';
export type { OnnxModel, OnnxNode, OnnxValueInfo } from './onnx/parse-onnx.js';
export { parseOnnx } from './onnx/parse-onnx.js';
export type { ExternalData, SerializeOptions } from './onnx/serialize-onnx.js';
export { serializeOnnx } from './onnx/serialize-onnx.js';
export type {
  AttributeKind,
  Attributes,
  AttributeValue,
  OperatorCall,
  OperatorDefinition,
} from './operators/operator-definition.js';
export { operatorTable } from './operators/operator-table.js';
export type { ChunkedLogSoftmaxGatherOptions } from './recomputation/chunked-log-softmax.js';
export { chunkedLogSoftmaxGather } from './recomputation/chunked-log-softmax.js';
export type { ChunkedSoftmaxMatMulOptions } from './recomputation/chunked-softmax-matmul.js';
export { chunkedSoftmaxMatMul } from './recomputation/chunked-softmax-matmul.js';
export { recompute, recomputeInChunks } from './recomputation/recompute.js';
export { referenceExecutor } from './reference/reference-executor.js';
export type {
  Dimension,
  HostTensor,
  Operand,
  TensorData,
  TensorSpecification,
  TensorType,
} from './tensors/tensor.js';
