/** Reading and writing at computed positions. */
import { filled } from '../functions/constants.js';
import { gatherElements, scatterElements } from '../functions/indexing.js';
import { expand, reshape } from '../functions/movement.js';
import type { GradientFamily, Tensor } from '../graph/graph.js';
import { elementCount, normalizeAxis, staticShape } from '../tensors/shape.js';

export const indexingGradients: GradientFamily = {
  // Rows that were read several times receive the sum of their gradients. ScatterElements adds in the order
  // of the indices, so the result is the same at every run.
  Gather: ({ graph, inputs, attributes, outputGradients }) => {
    const [x, indices] = inputs as [Tensor, Tensor];
    const shape = staticShape(x.shape, 'The gradient of Gather');
    const axis = normalizeAxis(Number(attributes.axis ?? 0), shape.length, 'Gather');
    const count = elementCount(staticShape(indices.shape, 'The gradient of Gather'));
    const flat = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
    const positions = reshape(
      indices,
      shape.map((_, other) => (other === axis ? count : 1)),
    );
    return [
      scatterElements(filled(graph, 0, shape), expand(positions, flat), reshape(outputGradients[0]!, flat), {
        axis,
        reduction: 'add',
      }),
    ];
  },
  GatherElements: ({ graph, inputs, attributes, outputGradients }) => [
    scatterElements(filled(graph, 0, inputs[0]!.shape), inputs[1]!, outputGradients[0]!, {
      axis: Number(attributes.axis ?? 0),
      reduction: 'add',
    }),
  ],
  ScatterElements: ({ graph, inputs, attributes, outputGradients, needs }) => {
    const [, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    const d = outputGradients[0]!;
    const axis = Number(attributes.axis ?? 0);
    const kept =
      attributes.reduction === 'add'
        ? d
        : scatterElements(d, indices, filled(graph, 0, updates.shape), { axis });
    return [needs(0) ? kept : undefined, undefined, needs(2) ? gatherElements(d, indices, axis) : undefined];
  },
  TopK: ({ graph, inputs, outputs, attributes, outputGradients }) => [
    outputGradients[0] === undefined
      ? undefined
      : scatterElements(filled(graph, 0, inputs[0]!.shape), outputs[1]!, outputGradients[0], {
          axis: Number(attributes.axis ?? -1),
          reduction: 'add',
        }),
  ],
};
