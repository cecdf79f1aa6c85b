import { readFileSync } from 'node:fs';
import type { Objective } from '@llm/graph';
import { describe, expect, test } from 'vitest';
import { runObjective } from '../fixtures/run-objective.js';
import { bradleyTerry } from './bradley-terry.js';
import { directPreference, type PreferenceForm } from './direct-preference.js';
import { kahnemanTversky } from './kahneman-tversky.js';
import { cpo, orpo, simpo } from './reference-free.js';

/** TRL's names of options, as recorded by tooling/oracles/rl/trl_preference_losses.py. */
interface Options {
  readonly form?: string | readonly string[];
  readonly weights?: readonly number[];
  readonly beta?: number;
  readonly label_smoothing?: number;
  readonly divergence?: number;
  readonly desirable_weight?: number;
  readonly undesirable_weight?: number;
  readonly margin?: boolean;
  readonly center?: number;
  readonly cpo_alpha?: number;
  readonly gamma?: number;
}
const trl = JSON.parse(
  readFileSync(new URL('./fixtures/trl-preference-losses.json', import.meta.url), 'utf8'),
) as {
  readonly rows: number;
  readonly columns: number;
  readonly mask: readonly number[];
  readonly logps: readonly number[];
  readonly ref: readonly number[];
  readonly values: readonly number[];
  readonly margins: readonly number[];
  readonly cases: readonly {
    readonly trainer: string;
    readonly options: Options;
    readonly loss: number;
    readonly gradient: readonly number[];
    readonly metrics: Readonly<Record<string, number>>;
  }[];
};
const { rows, columns } = trl;
const pairs = rows / 2;

function objectiveOf(trainer: string, options: Options): Objective {
  const { beta, label_smoothing: labelSmoothing } = options;
  if (trainer === 'dpo') {
    const form = options.form![0] as PreferenceForm;
    return directPreference({ beta, form, labelSmoothing, likelihoodCoefficient: options.weights?.[1] });
  }
  if (trainer === 'kto') {
    const { desirable_weight: desirableWeight, undesirable_weight: undesirableWeight } = options;
    return kahnemanTversky({ beta, desirableWeight, undesirableWeight });
  }
  if (trainer === 'reward')
    return bradleyTerry({ margin: options.margin, centerCoefficient: options.center });
  if (trainer === 'orpo') return orpo({ beta });
  return options.form === 'simpo'
    ? simpo({ beta, gamma: options.gamma, labelSmoothing })
    : cpo({ beta, likelihoodCoefficient: options.cpo_alpha, labelSmoothing });
}

/** `values` at the first position of their rows. */
const atRows = (values: readonly number[]): number[] => {
  const grid = Array.from({ length: rows * columns }, () => 0);
  for (const [row, value] of values.entries()) grid[row * columns] = value;
  return grid;
};

describe('as TRL 1.16 computes it', () => {
  const named = trl.cases.map((each) => [each.trainer, JSON.stringify(each.options), each] as const);
  test.each(named)('%s %s', async (trainer, _, { options, loss, gradient, metrics }) => {
    const isReward = trainer === 'reward';
    const result = await runObjective(objectiveOf(trainer, options), {
      rows,
      logProbabilities: trl.logps,
      values: atRows(trl.values),
      weights: isReward ? atRows(trl.values.map(() => 1)) : trl.mask,
      normalizer: trainer === 'kto' ? rows : pairs,
      extra: {
        referenceLogProbabilities: trl.ref,
        margin: atRows(trl.margins.flatMap((margin) => [margin, 0])),
        desirable: atRows(trl.values.map((_value, row) => 1 - (row % 2))),
        divergence: atRows(trl.values.map(() => options.divergence ?? 0)),
      },
    });
    expect(result.loss).toBeCloseTo(loss, 5);
    const slopes = isReward ? result.valueGradient : result.gradient;
    const expected = isReward ? atRows(gradient) : gradient;
    for (const [i, slope] of expected.entries()) expect(slopes[i], `position ${i}`).toBeCloseTo(slope, 5);
    for (const [name, value] of Object.entries(metrics))
      if (name !== 'entropy') expect(result.metrics[name], name).toBeCloseTo(value, 5);
  });
});
