/** Kernels that move elements, and those that read and write at computed positions. */
import { broadcastShapes, elementCount, normalizeAxis, stridesOf } from '../tensors/shape.js';
import {
  broadcastReader,
  forEachLine,
  generate,
  type Kernel,
  type KernelFamily,
  positionOf,
} from './kernel.js';

const numbers = (tensor: { readonly data: Float64Array } | undefined): number[] => Array.from(tensor!.data);

const reshape: Kernel = ([x, target]) => {
  const shape = numbers(target).map((size, axis) => (size === 0 ? x!.shape[axis]! : size));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = x!.data.length / -elementCount(shape);
  return [{ ...x!, shape }];
};

const concat: Kernel = (inputs, attributes) => {
  const first = inputs[0]!;
  const axis = normalizeAxis(Number(attributes.axis), first.shape.length, 'Concat');
  const starts: number[] = [];
  let size = 0;
  for (const input of inputs) {
    starts.push(size);
    size += input.shape[axis]!;
  }
  const shape = first.shape.map((dimension, other) => (other === axis ? size : dimension));
  return [
    generate(first.type, shape, (coordinate) => {
      const source = starts.findLastIndex(
        (start, index) => coordinate[axis]! >= start && inputs[index]!.data.length > 0,
      );
      const within = [...coordinate];
      within[axis] = coordinate[axis]! - starts[source]!;
      return inputs[source]!.data[positionOf(within, stridesOf(inputs[source]!.shape))]!;
    }),
  ];
};

/** The part [start, end) of one axis. */
function cut(x: Parameters<Kernel>[0][number], axis: number, start: number, end: number) {
  const strides = stridesOf(x.shape);
  const shape = x.shape.map((size, other) => (other === axis ? end - start : size));
  return generate(
    x.type,
    shape,
    (coordinate) => x.data[positionOf(coordinate, strides) + start * strides[axis]!]!,
  );
}

const slice: Kernel = ([x, starts, ends, axes]) => {
  let result = x!;
  numbers(axes).forEach((given, index) => {
    const axis = normalizeAxis(given, result.shape.length, 'Slice');
    const size = result.shape[axis]!;
    const limit = (value: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
    const start = limit(starts!.data[index]!);
    result = cut(result, axis, start, Math.max(start, limit(ends!.data[index]!)));
  });
  return [result];
};

const split: Kernel = ([x, sizes], attributes) => {
  const axis = normalizeAxis(Number(attributes.axis ?? 0), x!.shape.length, 'Split');
  let end = 0;
  return numbers(sizes).map((size) => {
    end += size;
    return cut(x!, axis, end - size, end);
  });
};

const pad: Kernel = ([x, widths, value, axes]) => {
  const listed = axes === undefined ? x!.shape.map((_, axis) => axis) : numbers(axes);
  const before = x!.shape.map((_, axis) => {
    const index = listed.indexOf(axis);
    return index < 0 ? 0 : widths!.data[index]!;
  });
  const shape = x!.shape.map((size, axis) => {
    const index = listed.indexOf(axis);
    return index < 0 ? size : size + widths!.data[index]! + widths!.data[index + listed.length]!;
  });
  const strides = stridesOf(x!.shape);
  return [
    generate(x!.type, shape, (coordinate) => {
      const source = coordinate.map((at, axis) => at - before[axis]!);
      const inside = source.every((at, axis) => at >= 0 && at < x!.shape[axis]!);
      return inside ? x!.data[positionOf(source, strides)]! : (value?.data[0] ?? 0);
    }),
  ];
};

const expand: Kernel = ([x, target]) => {
  const shape = broadcastShapes(x!.shape, numbers(target), 'Expand') as readonly number[];
  return [generate(x!.type, shape, broadcastReader(x!, shape.length))];
};

const triangle: Kernel = ([x, shift], attributes) => {
  const rank = x!.shape.length;
  const diagonal = shift?.data[0] ?? 0;
  return [
    generate(x!.type, x!.shape, (coordinate, position) => {
      const offset = coordinate[rank - 1]! - coordinate[rank - 2]!;
      const kept = attributes.upper === 0 ? offset <= diagonal : offset >= diagonal;
      return kept ? x!.data[position]! : 0;
    }),
  ];
};

const wrap = (index: number, size: number): number => (index < 0 ? index + size : index);

const gather: Kernel = ([x, indices], attributes) => {
  const axis = normalizeAxis(Number(attributes.axis ?? 0), x!.shape.length, 'Gather');
  const rank = indices!.shape.length;
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
  const strides = stridesOf(x!.shape);
  const indexStrides = stridesOf(indices!.shape);
  return [
    generate(x!.type, shape, (coordinate) => {
      const at = indices!.data[positionOf(coordinate.slice(axis, axis + rank), indexStrides)]!;
      const source = [
        ...coordinate.slice(0, axis),
        wrap(at, x!.shape[axis]!),
        ...coordinate.slice(axis + rank),
      ];
      return x!.data[positionOf(source, strides)]!;
    }),
  ];
};

const gatherElements: Kernel = ([x, indices], attributes) => {
  const axis = normalizeAxis(Number(attributes.axis ?? 0), x!.shape.length, 'GatherElements');
  const strides = stridesOf(x!.shape);
  return [
    generate(x!.type, indices!.shape, (coordinate, position) => {
      const source = [...coordinate];
      source[axis] = wrap(indices!.data[position]!, x!.shape[axis]!);
      return x!.data[positionOf(source, strides)]!;
    }),
  ];
};

const scatterElements: Kernel = ([x, indices, updates], attributes) => {
  const axis = normalizeAxis(Number(attributes.axis ?? 0), x!.shape.length, 'ScatterElements');
  const strides = stridesOf(x!.shape);
  const data = x!.data.slice();
  generate('float32', indices!.shape, (coordinate, position) => {
    const target = [...coordinate];
    target[axis] = wrap(indices!.data[position]!, x!.shape[axis]!);
    const at = positionOf(target, strides);
    const value = updates!.data[position]!;
    data[at] = attributes.reduction === 'add' ? data[at]! + value : value;
    return 0;
  });
  return [{ ...x!, data }];
};

const topK: Kernel = ([x, count], attributes) => {
  const axis = normalizeAxis(Number(attributes.axis ?? -1), x!.shape.length, 'TopK');
  const k = count!.data[0]!;
  const shape = x!.shape.map((size, other) => (other === axis ? k : size));
  const values = new Float64Array(elementCount(shape));
  const indices = new Float64Array(values.length);
  const lines: (readonly number[])[] = [];
  forEachLine(shape, axis, (positions) => lines.push([...positions]));
  let line = 0;
  forEachLine(x!.shape, axis, (positions) => {
    const order = positions
      .map((position, index) => ({ index, value: x!.data[position]! }))
      .sort((a, b) => b.value - a.value || a.index - b.index);
    const targets = lines[line++]!;
    targets.forEach((target, rank) => {
      values[target] = order[rank]!.value;
      indices[target] = order[rank]!.index;
    });
  });
  return [
    { type: x!.type, shape, data: values },
    { type: 'int64', shape, data: indices },
  ];
};

export const movementKernels: KernelFamily = {
  Reshape: reshape,
  Transpose: ([x], attributes) => {
    const perm = attributes.perm as readonly number[];
    const strides = stridesOf(x!.shape);
    const moved = perm.map((axis) => strides[axis]!);
    return [
      generate(
        x!.type,
        perm.map((axis) => x!.shape[axis]!),
        (coordinate) => x!.data[positionOf(coordinate, moved)]!,
      ),
    ];
  },
  Concat: concat,
  Slice: slice,
  Split: split,
  Unsqueeze: ([x, axes]) => {
    const rest = [...x!.shape];
    const rank = rest.length + axes!.data.length;
    const added = numbers(axes).map((axis) => normalizeAxis(axis, rank, 'Unsqueeze'));
    return [
      { ...x!, shape: Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()!)) },
    ];
  },
  Squeeze: ([x, axes]) => {
    const removed = numbers(axes).map((axis) => normalizeAxis(axis, x!.shape.length, 'Squeeze'));
    return [{ ...x!, shape: x!.shape.filter((_, axis) => !removed.includes(axis)) }];
  },
  Expand: expand,
  Pad: pad,
  Trilu: triangle,
  Shape: ([x], { start = 0, end = x!.shape.length }) => {
    const sizes = x!.shape.slice(Number(start), Number(end));
    return [{ type: 'int64', shape: [sizes.length], data: Float64Array.from(sizes) }];
  },
  Range: ([start, limit, step]) => {
    const count = Math.max(Math.ceil((limit!.data[0]! - start!.data[0]!) / step!.data[0]!), 0);
    return [generate(start!.type, [count], (_, position) => start!.data[0]! + position * step!.data[0]!)];
  },
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  TopK: topK,
};
