/**
 * The optimizer's state under the names and in the shapes that Hugging Face gives the parameters themselves,
 * and back: `model.layers.0.mlp.up_proj.weight.exp_avg`. The suffixes are PyTorch's.
 */
import type { NamedTensor } from '@llm/core';
import type { ModelConfig } from '../../config/model-config.js';
import { requireFamily } from '../../hugging-face/config.js';
import { type Optimizer, stateName } from '../../optimizers/optimizer.js';
import { checkTensors } from '../../weights/check-parameters.js';
import { parameterLayout } from '../../weights/parameter-layout.js';

/** Ours → PyTorch's. */
const suffixes = { firstMoment: 'exp_avg', secondMoment: 'exp_avg_sq', momentum: 'momentum' } as const;

type Tensors = ReadonlyMap<string, NamedTensor>;

export function exportMoments(config: ModelConfig, state: Tensors): Map<string, NamedTensor> {
  const result = new Map<string, NamedTensor>();
  const layout = parameterLayout(config);
  for (const [ours, theirs] of Object.entries(suffixes)) {
    const kept = new Set([...layout.keys()].filter((name) => state.has(stateName(name, ours))));
    if (kept.size === 0) continue;
    // A family exports whole models: what has no such moment goes along as ones and is left out again.
    const whole = (of: (name: string, size: number) => Float32Array): Map<string, NamedTensor> =>
      new Map(
        [...layout].map(([name, { shape }]) => {
          const size = shape.reduce((product, dimension) => product * dimension, 1);
          return [name, { shape, data: of(name, size) }];
        }),
      );
    const family = requireFamily(config);
    const mask = family.exportTensors(
      config,
      whole((name, size) => new Float32Array(size).fill(kept.has(name) ? 1 : 0)),
    );
    const moments = family.exportTensors(
      config,
      whole((name, size) => state.get(stateName(name, ours))?.data ?? new Float32Array(size)),
    );
    for (const [name, tensor] of moments)
      if (mask.get(name)!.data[0] === 1) result.set(`${name}.${theirs}`, tensor);
  }
  return result;
}

/** Throws `model/parameters-mismatch` unless they are the whole state of the optimizer, or nothing. */
export function importMoments(
  config: ModelConfig,
  optimizer: Optimizer,
  tensors: Tensors,
  from: string,
): Map<string, NamedTensor> {
  const result = new Map<string, NamedTensor>();
  if (tensors.size === 0) return result;
  const known = new Map<string, string>(Object.entries(suffixes).map(([ours, theirs]) => [theirs, ours]));
  const bySuffix = new Map<string, Map<string, NamedTensor>>();
  for (const [name, tensor] of tensors) {
    const at = name.lastIndexOf('.');
    const suffix = known.get(name.slice(at + 1)) ?? name.slice(at + 1);
    const group = bySuffix.get(suffix) ?? new Map<string, NamedTensor>();
    bySuffix.set(suffix, group.set(name.slice(0, at), tensor));
  }
  for (const [suffix, group] of bySuffix)
    for (const [name, tensor] of requireFamily(config).importTensors(config, group))
      result.set(stateName(name, suffix), tensor);
  const expected = new Map(
    [...parameterLayout(config)].flatMap(([name, layout]) =>
      Object.entries(optimizer.stateShapes(name, layout)).map(
        ([suffix, shape]) => [stateName(name, suffix), { ...layout, shape }] as const,
      ),
    ),
  );
  checkTensors(expected, result, from);
  return result;
}
