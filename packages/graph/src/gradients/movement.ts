/** Operators that move elements: their gradients move them back. */
import { filled } from '../functions/constants.js';
import { concat, pad, reshape, slice, transpose, triangle } from '../functions/movement.js';
import type { GradientFamily, GradientRule, Tensor } from '../graph/graph.js';
import { constantNumbers } from '../operators/inference.js';
import { sliceBounds } from '../operators/movement.js';
import { normalizeAxis, staticShape } from '../tensors/shape.js';

/** Gradient of everything that only regroups elements. */
const backToInputShape: GradientRule = ({ inputs, outputGradients }) => [
  reshape(outputGradients[0]!, inputs[0]!.shape),
];

export const movementGradients: GradientFamily = {
  Reshape: backToInputShape,
  Transpose: ({ attributes, outputGradients }) => {
    const perm = attributes.perm as readonly number[];
    return [
      transpose(
        outputGradients[0]!,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ];
  },
  Concat: ({ inputs, attributes, outputGradients, needs }) => {
    const axis = normalizeAxis(Number(attributes.axis), inputs[0]!.shape.length, 'Concat');
    let start = 0;
    return inputs.map((input, index) => {
      const size = staticShape(input!.shape, 'The gradient of Concat')[axis]!;
      start += size;
      return needs(index) ? slice(outputGradients[0]!, axis, start - size, start) : undefined;
    });
  },
  Slice: ({ inputs, outputGradients }) => {
    const { axis, start, end } = sliceBounds(inputs);
    const size = staticShape(inputs[0]!.shape, 'The gradient of Slice')[axis]!;
    return [pad(outputGradients[0]!, axis, start, size - end)];
  },
  Split: ({ graph, attributes, outputs, outputGradients }) => [
    concat(
      outputs.map((output, index) => outputGradients[index] ?? filled(graph, 0, output.shape)),
      Number(attributes.axis ?? 0),
    ),
  ],
  Unsqueeze: backToInputShape,
  Squeeze: backToInputShape,
  Expand: ({ outputGradients }) => [outputGradients[0]],
  Pad: ({ inputs, outputGradients }) => {
    const [x, widths, , axes] = inputs as [Tensor, Tensor, Tensor, Tensor];
    const [before] = constantNumbers(widths, 'Pad') as [number];
    const [axis] = constantNumbers(axes, 'Pad') as [number];
    return [slice(outputGradients[0]!, axis, before, before + Number(x.shape[axis]))];
  },
  Trilu: ({ inputs, attributes, outputGradients }) => [
    triangle(outputGradients[0]!, {
      upper: attributes.upper !== 0,
      diagonal: constantNumbers(inputs[1]!, 'Trilu')[0]!,
    }),
  ],
  Shape: 'zero',
  Range: 'zero',
};
