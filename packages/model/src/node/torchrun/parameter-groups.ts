/**
 * How an optimizer updates every tensor of a Hugging Face model, in numbers that a script can use as they
 * stand. Where that family joins several of our matrices in one, or stores them [in, out], Muon has to take
 * them apart: which rows are whose is found by writing numbers of rows through the family's own export.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../../config/model-config.js';
import { requireFamily } from '../../hugging-face/config.js';
import { type AdamWOptions, groupOf, wholeOptions } from '../../optimizers/adamw.js';
import { type MuonOptions, matrixOptions, wholeMuonOptions } from '../../optimizers/muon.js';
import type { Optimizer } from '../../optimizers/optimizer.js';
import { type ParameterLayout, parameterLayout } from '../../weights/parameter-layout.js';

export type ParameterGroup = {
  /** Names in model.safetensors. */
  readonly parameters: readonly string[];
  /** Factor on the learning rate. */
  readonly rate: number;
  readonly weightDecay: number;
} & (
  | { readonly method: 'adamw'; readonly betas: readonly [number, number]; readonly epsilon: number }
  | {
      readonly method: 'muon';
      readonly momentum: number;
      readonly iterations: number;
      /** Stored [in, out]. */
      readonly transposed: boolean;
      /** Rows of each of the matrices [out, in] that are joined in it. */
      readonly rows: readonly number[];
    }
);

/** Throws `model/export-unsupported` for another optimizer than `adamW` and `muon`. */
export function parameterGroups(
  config: ModelConfig,
  { name, options }: Pick<Optimizer, 'name' | 'options'>,
): ParameterGroup[] {
  if (options === undefined || (name !== 'adamw' && name !== 'muon'))
    throw new LlmError({
      code: 'model/export-unsupported',
      message: `The optimizer "${name}" cannot go on in PyTorch. Train with adamW() or muon(), or export the model alone.`,
      details: { optimizer: name },
    });
  const ofMuon = name === 'muon' ? wholeMuonOptions(options as MuonOptions) : undefined;
  const ofAdamW = ofMuon ? matrixOptions(ofMuon) : wholeOptions(options as AdamWOptions);
  const groups = new Map<string, { readonly group: ParameterGroup; readonly parameters: string[] }>();
  for (const { theirs, role, rows, transposed } of joinedParameters(config)) {
    const { rate, weightDecay, betas } = groupOf(role, ofAdamW);
    const parameters: string[] = [];
    const { epsilon } = ofAdamW;
    const group: ParameterGroup =
      ofMuon && role === 'matrix'
        ? {
            parameters,
            method: 'muon',
            rate,
            weightDecay,
            momentum: ofMuon.momentum,
            iterations: ofMuon.iterations,
            transposed,
            rows,
          }
        : { parameters, method: 'adamw', rate, weightDecay, betas, epsilon };
    const key = JSON.stringify(group);
    const found = groups.get(key) ?? { group, parameters };
    groups.set(key, found);
    found.parameters.push(theirs);
  }
  return [...groups.values()].map(({ group }) => group);
}

interface JoinedParameter {
  readonly theirs: string;
  readonly role: ParameterLayout['role'];
  /** Rows of each part, in order. */
  readonly rows: readonly number[];
  readonly transposed: boolean;
}

function joinedParameters(config: ModelConfig): JoinedParameter[] {
  const layout = [...parameterLayout(config)];
  // Every number of a row is the number of the parameter it belongs to; its place in the row says the rest.
  const numbered = (of: (index: number, row: number) => number): Map<string, NamedTensor> =>
    new Map(
      layout.map(([name, { shape }], index) => {
        const [rows = 1, ...rest] = shape;
        const size = rest.reduce((product, dimension) => product * dimension, 1);
        const data = new Float32Array(rows * size);
        for (let row = 0; row < rows; row++) data.fill(of(index, row), row * size, (row + 1) * size);
        return [name, { shape, data }];
      }),
    );
  const { exportTensors } = requireFamily(config);
  const owners = exportTensors(
    config,
    numbered((index) => index),
  );
  const rowNumbers = exportTensors(
    config,
    numbered((_, row) => row),
  );
  return [...owners].map(([theirs, { shape, data }]) => {
    const [first = 1, second = 1] = shape;
    const numbers = rowNumbers.get(theirs)!.data;
    // Along a row the number of our row changes only where the matrix is turned.
    const transposed = shape.length === 2 && second > 1 && numbers[0] !== numbers[1];
    const [length, stride] = transposed ? [second, 1] : [first, second];
    const rows: number[] = [];
    let owner = -1;
    for (let at = 0; at < length; at++) {
      if (data[at * stride] !== owner) rows.push(0);
      owner = data[at * stride]!;
      rows[rows.length - 1]!++;
    }
    return { theirs, role: layout[data[0]!]![1].role, rows, transposed };
  });
}
