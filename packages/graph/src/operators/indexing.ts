/** Reading and writing at computed positions. */
import { LlmError } from '@llm/core';
import { formatShape, normalizeAxis, shapeError } from '../tensors/shape.js';
import type { Operand } from '../tensors/tensor.js';
import { constantNumbers, requireSameType, requireType } from './inference.js';
import type { OperatorFamily } from './operator-definition.js';

const indexTypes = ['int32', 'int64'] as const;

export const indexingOperators: OperatorFamily = {
  Gather: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const [x, indices] = call.inputs as [Operand, Operand];
      requireType(indices, indexTypes, 'Gather');
      const axis = normalizeAxis(Number(call.attributes.axis ?? 0), x.shape.length, 'Gather');
      return [
        { type: x.type, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
      ];
    },
  },
  GatherElements: {
    domain: '',
    inputs: [2, 2],
    attributes: { axis: 'int' },
    infer: (call) => {
      const [x, indices] = call.inputs as [Operand, Operand];
      requireType(indices, indexTypes, 'GatherElements');
      if (x.shape.length !== indices.shape.length) {
        throw shapeError(
          `GatherElements: indices ${formatShape(indices.shape)} need the rank of ${formatShape(x.shape)}.`,
        );
      }
      return [{ type: x.type, shape: indices.shape }];
    },
  },
  ScatterElements: {
    domain: '',
    inputs: [3, 3],
    attributes: { axis: 'int', reduction: 'string' },
    infer: (call) => {
      const [x, indices, updates] = call.inputs as [Operand, Operand, Operand];
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
  },
};
