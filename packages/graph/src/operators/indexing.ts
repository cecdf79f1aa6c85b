/** Reading and writing at computed positions. */
import { LlmError } from '@llm/core';
import { filled } from '../functions/constants.js';
import { gatherElements, scatterElements } from '../functions/indexing.js';
import { expand, reshape } from '../functions/movement.js';
import type { OperatorFamily } from '../operator-definition.js';
import { elementCount, formatShape, normalizeAxis, shapeError, staticShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { constantNumbers, requireSameType, requireType } from './inference.js';

const indexTypes = ['int32', 'int64'] as const;

export const indexingOperators: OperatorFamily = {
  Gather: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const [x, indices] = call.inputs as [Tensor, Tensor];
      requireType(indices, indexTypes, 'Gather');
      const axis = normalizeAxis(Number(call.attributes.axis ?? 0), x.shape.length, 'Gather');
      return [
        { type: x.type, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
      ];
    },
    // Rows that were read several times receive the sum of their gradients. ScatterElements adds in the order of
    // the indices, so the result is the same at every run.
    gradient: ({ graph, inputs, attributes, outputGradients }) => {
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
        scatterElements(
          filled(graph, 0, shape),
          expand(positions, flat),
          reshape(outputGradients[0]!, flat),
          {
            axis,
            reduction: 'add',
          },
        ),
      ];
    },
  },
  GatherElements: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const [x, indices] = call.inputs as [Tensor, Tensor];
      requireType(indices, indexTypes, 'GatherElements');
      if (x.shape.length !== indices.shape.length) {
        throw shapeError(
          `GatherElements: indices ${formatShape(indices.shape)} need the rank of ${formatShape(x.shape)}.`,
        );
      }
      return [{ type: x.type, shape: indices.shape }];
    },
    gradient: ({ graph, inputs, attributes, outputGradients }) => [
      scatterElements(filled(graph, 0, inputs[0]!.shape), inputs[1]!, outputGradients[0]!, {
        axis: Number(attributes.axis ?? 0),
        reduction: 'add',
      }),
    ],
  },
  ScatterElements: {
    domain: '',
    inputs: [3, 3],
    attributes: { axis: 'int', reduction: 'string' },
    infer: (call) => {
      const [x, indices, updates] = call.inputs as [Tensor, Tensor, Tensor];
      requireType(indices, indexTypes, 'ScatterElements');
      requireSameType(x, updates, 'ScatterElements');
      if (
        x.shape.length !== indices.shape.length ||
        formatShape(indices.shape) !== formatShape(updates.shape)
      ) {
        throw shapeError(
          `ScatterElements: ${formatShape(x.shape)}, indices ${formatShape(indices.shape)} and updates ${formatShape(updates.shape)} do not fit.`,
        );
      }
      return [{ type: x.type, shape: x.shape }];
    },
    gradient: ({ graph, inputs, attributes, outputGradients, needs }) => {
      const [, indices, updates] = inputs as [Tensor, Tensor, Tensor];
      const d = outputGradients[0]!;
      const axis = Number(attributes.axis ?? 0);
      const kept =
        attributes.reduction === 'add'
          ? d
          : scatterElements(d, indices, filled(graph, 0, updates.shape), { axis });
      return [
        needs(0) ? kept : undefined,
        undefined,
        needs(2) ? gatherElements(d, indices, axis) : undefined,
      ];
    },
  },
  TopK: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const x = call.inputs[0]!;
      const axis = normalizeAxis(Number(call.attributes.axis ?? -1), x.shape.length, 'TopK');
      const [k] = constantNumbers(call.inputs[1]!, 'TopK') as [number];
      const size = x.shape[axis]!;
      if (typeof size === 'number' && k > size) {
        throw new LlmError({
          code: 'graph/shape-mismatch',
          message: `TopK: k = ${k} is more than axis ${axis} of ${formatShape(x.shape)} holds.`,
        });
      }
      const shape = x.shape.map((dimension, other) => (other === axis ? k : dimension));
      return [
        { type: x.type, shape },
        { type: 'int64', shape },
      ];
    },
    gradient: ({ graph, inputs, outputs, attributes, outputGradients }) => [
      outputGradients[0] === undefined
        ? undefined
        : scatterElements(filled(graph, 0, inputs[0]!.shape), outputs[1]!, outputGradients[0], {
            axis: Number(attributes.axis ?? -1),
            reduction: 'add',
          }),
    ],
  },
};
