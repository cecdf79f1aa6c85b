/**
 * A network with an operator of every family and gradient descent in the same graph: what the executor
 * contract and the reproducibility test train.
 */
import { createRandom } from '@llm/core';
import type { StateBinding } from '../execution/stateful-session.js';
import { add, greater, mul, relu, sub, where } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { matMul } from '../functions/matmul.js';
import { reshape, transpose } from '../functions/movement.js';
import { rmsNormalization } from '../functions/normalization.js';
import { reduceMean } from '../functions/reduce.js';
import { logSoftmaxGather, softmax } from '../functions/softmax.js';
import { differentiate } from '../gradients/differentiate.js';
import { Graph, type Tensor } from '../graph/graph.js';
import { elementCount } from '../tensors/shape.js';
import type { HostTensor } from '../tensors/tensor.js';

type Name = 'embedding' | 'query' | 'up' | 'down' | 'weight';

export class SmallTrainingTask {
  readonly names: readonly Name[] = ['embedding', 'query', 'up', 'down', 'weight'];
  readonly state: readonly StateBinding[] = this.names.map((name) => ({
    input: name,
    output: `${name}.next`,
  }));

  constructor(private readonly size: { readonly width: number; readonly vocabulary: number }) {}

  shape(name: Name): readonly number[] {
    const { width, vocabulary } = this.size;
    const shapes: Readonly<Record<Name, readonly number[]>> = {
      embedding: [vocabulary, width],
      query: [width, width],
      up: [width, 2 * width],
      down: [2 * width, width],
      weight: [width],
    };
    return shapes[name];
  }

  /** Inputs: ids and targets [rows, columns] int32, rate []; outputs: loss [] and the next state. */
  graph(rows: number, columns: number): Graph {
    const { width } = this.size;
    const graph = new Graph();
    const ids = graph.input('ids', 'int32', [rows, columns]);
    const targets = graph.input('targets', 'int32', [rows, columns]);
    const rate = graph.input('rate', 'float32', []);
    const parameters = this.names.map((name) => graph.input(name, 'float32', this.shape(name)));
    const [embedding, query, up, down, weight] = parameters as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const x = gather(embedding, ids);
    const h = rmsNormalization(x, weight, 1e-5);
    const position = Int32Array.from({ length: columns }, (_, index) => index);
    const later = greater(graph.constant(position, [1, columns]), graph.constant(position, [columns, 1]));
    const scores = add(
      matMul(matMul(h, query), h, { transposeB: true, alpha: 1 / Math.sqrt(width) }),
      where(later, -1e9, 0),
    );
    const mixed = add(x, transpose(transpose(matMul(softmax(scores), h), [1, 0, 2]), [1, 0, 2]));
    const active = relu(matMul(mixed, up));
    const hidden = add(mixed, matMul(mul(active, active), down));
    const logits = matMul(reshape(hidden, [rows * columns, width]), embedding, { transposeB: true });
    const loss = mul(reduceMean(logSoftmaxGather(logits, reshape(targets, [rows * columns]))), -1);
    graph.output('loss', loss);
    differentiate(loss, parameters).forEach((gradient, index) => {
      graph.output(`${this.names[index]}.next`, sub(parameters[index]!, mul(gradient, rate)));
    });
    return graph;
  }

  initialState(): Map<string, HostTensor> {
    return new Map(
      this.names.map((name) => {
        const random = createRandom(1, name);
        const shape = this.shape(name);
        const data = Float32Array.from({ length: elementCount(shape) }, () => random.normal() * 0.4);
        return [name, { type: 'float32', shape, data }];
      }),
    );
  }

  batch(rows: number, columns: number, step: number): Record<string, HostTensor> {
    const draw = (name: string): HostTensor => {
      const random = createRandom(2, name, step);
      const data = Int32Array.from({ length: rows * columns }, () => random.integer(this.size.vocabulary));
      return { type: 'int32', shape: [rows, columns], data };
    };
    return {
      ids: draw('ids'),
      targets: draw('targets'),
      rate: { type: 'float32', shape: [], data: Float32Array.of(0.1) },
    };
  }
}
