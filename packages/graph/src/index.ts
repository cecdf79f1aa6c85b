export { differentiate, pullBack } from './differentiate.js';
export type {
  CreateSessionOptions,
  DeviceMemory,
  Executor,
  GraphSession,
  LoweringTarget,
  ResidentTensor,
  SessionOptions,
} from './executor.js';
export { isResident } from './executor.js';
export { silu, squaredRelu } from './functions/activations.js';
export type { ChunkedLogSoftmaxGatherOptions } from './functions/chunked-log-softmax.js';
export { chunkedLogSoftmaxGather } from './functions/chunked-log-softmax.js';
export type { ChunkedSoftmaxMatMulOptions } from './functions/chunked-softmax-matmul.js';
export { chunkedSoftmaxMatMul } from './functions/chunked-softmax-matmul.js';
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
export { gradientTable } from './gradients/gradient-table.js';
export type {
  Composite,
  GradientCall,
  GradientFamily,
  GradientRule,
  GraphNode,
  NodeOptions,
} from './graph.js';
export { Graph, Tensor } from './graph.js';
export type { Objective, ObjectiveInputs } from './objective.js';
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
} from './operator-definition.js';
export { operatorTable } from './operator-table.js';
export { recompute, recomputeInChunks } from './recompute.js';
export { referenceExecutor } from './reference/reference-executor.js';
export type { GraphRewrite } from './rewrite-graph.js';
export { rewriteGraph } from './rewrite-graph.js';
export { StateBuffers } from './state-buffers.js';
export type { StateBinding, StatefulSession, StatefulSessionOptions } from './stateful-session.js';
export { createStatefulSession } from './stateful-session.js';
export type {
  Dimension,
  HostTensor,
  Operand,
  TensorData,
  TensorSpecification,
  TensorType,
} from './tensor.js';
