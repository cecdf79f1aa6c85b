/** Packs learned numbers as `block-model.ts` reads them: a byte a weight with one scale a table. */
import { weightTables } from '../../../packages/data/src/extraction/block-model.js';
import type { Trees } from './grow-trees.js';

export function packModel(tables: Readonly<Record<string, Float32Array>>, trees: Trees): Uint8Array {
  const bytes: number[] = [];
  const scratch = new DataView(new ArrayBuffer(4));
  const number = (value: number, size: 2 | 4): void => {
    if (size === 4) scratch.setFloat32(0, value, true);
    else scratch.setUint16(0, value, true);
    for (let at = 0; at < size; at++) bytes.push(scratch.getUint8(at));
  };
  const scaled = (values: ArrayLike<number>): void => {
    const scale = scaleOf(values);
    number(scale, 4);
    for (let at = 0; at < values.length; at++) bytes.push(Math.round(values[at]! / scale) & 255);
  };
  for (const [name] of weightTables) scaled(tables[name]!);
  number(trees.bias, 4);
  number(trees.trees.length, 2);
  for (const tree of trees.trees) {
    const scale = scaleOf(tree.leaf);
    bytes.push(tree.column.length, tree.leaf.length);
    number(scale, 4);
    for (let node = 0; node < tree.column.length; node++) {
      bytes.push(tree.column[node]!);
      scratch.setFloat32(0, tree.threshold[node]!, true);
      bytes.push(scratch.getUint8(2), scratch.getUint8(3), tree.left[node]! & 255, tree.right[node]! & 255);
    }
    for (const leaf of tree.leaf) bytes.push(Math.round(leaf / scale) & 255);
  }
  return Uint8Array.from(bytes);
}

function scaleOf(values: ArrayLike<number>): number {
  let greatest = 0;
  for (let at = 0; at < values.length; at++) greatest = Math.max(greatest, Math.abs(values[at]!));
  return greatest === 0 ? 1 : greatest / 127;
}
