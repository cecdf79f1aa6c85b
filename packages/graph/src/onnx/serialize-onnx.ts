/**
 * Graph → ONNX ModelProto bytes (IR 10, ai.onnx opset 21, com.microsoft
 * 1). Field numbers from onnx.proto. Nodes, constants and inputs that no
 * output needs are left out (inputs stay: they are the graph's signature).
 */
import { LlmError } from '@llm/core';
import type { Graph, GraphNode, Tensor } from '../graph/graph.js';
import { lowerGraph } from '../lowering/lower-graph.js';
import type { LoweringTarget } from '../lowering/lowering-rule.js';
import type { AttributeKind, AttributeValue } from '../operators/operator-definition.js';
import { findOperator } from '../operators/operator-table.js';
import { onnxElementTypes } from '../tensors/element-types.js';
import type { Dimension, TensorType } from '../tensors/tensor.js';
import { WireWriter } from './wire-format.js';

const irVersion = 10;
const opsetVersion = 21;

export interface SerializeOptions {
  /** Where the model will run. Default 'cpu'. */
  readonly target?: LoweringTarget | undefined;
  /**
   * Inputs that become weights of the model: their little-endian bytes, or where those lie in a file beside
   * it. Files above 2 GB are not readable as protocol buffers, so large models keep their weights outside.
   */
  readonly initializers?: ReadonlyMap<string, Uint8Array | ExternalData> | undefined;
}

/** A range of a file beside the model. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes of the model; throws `graph/no-output`. */
export function serializeOnnx(source: Graph, options: SerializeOptions = {}): Uint8Array {
  const { target = 'cpu', initializers = new Map() } = options;
  const bytesAt = (name: string): Uint8Array | undefined => {
    const stored = initializers.get(name);
    return stored instanceof Uint8Array ? stored : undefined;
  };
  // In WebAssembly weights change their layout, for which their bytes must be here.
  const isWeight = (name: string): boolean =>
    target === 'wasm' ? bytesAt(name) !== undefined : initializers.has(name);
  const { graph, derived } = lowerGraph(source, target, isWeight);
  const all = new Map(initializers);
  for (const [name, { from, make }] of derived) all.set(name, make(bytesAt(from)!));
  return writeOnnx(graph, all);
}

/** As it stands. */
export function writeOnnx(
  graph: Graph,
  initializers: ReadonlyMap<string, Uint8Array | ExternalData>,
): Uint8Array {
  if (graph.outputs.size === 0) {
    throw new LlmError({
      code: 'graph/no-output',
      message: 'The graph has no output: call graph.output(name, tensor).',
    });
  }
  const live = liveTensors(graph);
  // An output that is an input, a constant or a second name for a tensor gets an Identity node of its own.
  const renamed = new Map<Tensor, string>();
  const copies: [string, Tensor][] = [];
  for (const [name, tensor] of graph.outputs) {
    if (tensor.producer === undefined || renamed.has(tensor)) copies.push([name, tensor]);
    else renamed.set(tensor, name);
  }
  const nameOf = (tensor: Tensor | undefined): string =>
    tensor === undefined ? '' : (renamed.get(tensor) ?? tensor.name);

  const model = new WireWriter()
    .integer(1, irVersion)
    .text(2, '@llm/graph')
    .message(7, (body) => {
      for (const node of graph.nodes) {
        if (node.outputs.some((output) => live.has(output))) {
          body.message(1, (writer) => writeNode(writer, node, live, nameOf));
        }
      }
      for (const [name, tensor] of copies) {
        body.message(1, (writer) =>
          writer.text(1, nameOf(tensor)).text(2, name).text(3, name).text(4, 'Identity'),
        );
      }
      body.text(2, 'graph');
      for (const constant of graph.constants) {
        if (live.has(constant))
          body.message(5, (writer) => writeInitializer(writer, constant, bytesOf(constant)));
      }
      for (const input of graph.inputs) {
        const stored = initializers.get(input.name);
        if (stored !== undefined && live.has(input))
          body.message(5, (writer) => writeInitializer(writer, input, stored));
        else if (stored === undefined)
          body.message(11, (writer) => writeValueInfo(writer, input.name, input.type, input.shape));
      }
      for (const [name, { type, shape }] of graph.outputs) {
        body.message(12, (writer) => writeValueInfo(writer, name, type, shape));
      }
      for (const tensor of graph.nodes.flatMap(({ outputs }) => outputs)) {
        if (live.has(tensor) && !renamed.has(tensor))
          body.message(13, (writer) => writeValueInfo(writer, tensor.name, tensor.type, tensor.shape));
      }
    });
  for (const [domain, version] of domains(graph)) {
    model.message(8, (writer) => writer.text(1, domain).integer(2, version));
  }
  return model.finish();
}

/** Everything some output depends on. */
function liveTensors(graph: Graph): ReadonlySet<Tensor> {
  const live = new Set<Tensor>(graph.outputs.values());
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.outputs.some((output) => live.has(output))) continue;
    for (const input of node.inputs) if (input !== undefined) live.add(input);
  }
  return live;
}

function domains(graph: Graph): [string, number][] {
  const names = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ''));
  return [['', opsetVersion], ...[...names].sort().map((name): [string, number] => [name, 1])];
}

function writeNode(
  writer: WireWriter,
  node: GraphNode,
  live: ReadonlySet<Tensor>,
  nameOf: (tensor: Tensor | undefined) => string,
): void {
  for (const input of node.inputs) writer.text(1, nameOf(input));
  // An unused optional output gets the empty name; unused last ones are not written at all.
  const optional = findOperator(node.operator, false)?.optionalOutputs === true;
  let last = node.outputs.length - 1;
  while (optional && last > 0 && !live.has(node.outputs[last]!)) last--;
  for (const output of node.outputs.slice(0, last + 1)) {
    writer.text(2, optional && !live.has(output) && output !== node.outputs[0] ? '' : nameOf(output));
  }
  writer.text(3, node.outputs[0]!.name).text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, value, node.attributeKinds[name]));
  }
  if (node.domain !== '') writer.text(7, node.domain);
}

function writeAttribute(
  writer: WireWriter,
  name: string,
  value: AttributeValue,
  declared: AttributeKind | undefined,
): void {
  writer.text(1, name);
  const kind = declared ?? guessKind(value);
  if (kind === 'float') writer.float(2, Number(value)).integer(20, 1);
  else if (kind === 'int') writer.integer(3, Number(value)).integer(20, 2);
  else if (kind === 'string') writer.text(4, String(value)).integer(20, 3);
  else if (kind === 'floats') {
    for (const item of value as readonly number[]) writer.float(7, item);
    writer.integer(20, 6);
  } else {
    for (const item of value as readonly number[]) writer.integer(8, item);
    writer.integer(20, 7);
  }
}

function guessKind(value: AttributeValue): AttributeKind {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return value.every((item) => Number.isInteger(item)) ? 'ints' : 'floats';
}

function bytesOf({ constant }: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = constant!;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function writeInitializer(writer: WireWriter, tensor: Tensor, data: Uint8Array | ExternalData): void {
  for (const dimension of tensor.shape) writer.integer(1, dimension as number);
  writer.integer(2, onnxElementTypes[tensor.type]).text(8, tensor.name);
  if (data instanceof Uint8Array) {
    writer.bytes(9, data);
    return;
  }
  for (const [key, value] of Object.entries(data))
    writer.message(13, (entry) => entry.text(1, key).text(2, String(value)));
  writer.integer(14, 1);
}

function writeValueInfo(
  writer: WireWriter,
  name: string,
  type: TensorType,
  shape: readonly Dimension[],
): void {
  writer.text(1, name).message(2, (typeWriter) =>
    typeWriter.message(1, (tensorType) =>
      tensorType.integer(1, onnxElementTypes[type]).message(2, (shapeWriter) => {
        for (const dimension of shape) {
          shapeWriter.message(1, (inner) =>
            typeof dimension === 'number' ? inner.integer(1, dimension) : inner.text(2, dimension),
          );
        }
      }),
    ),
  );
}
