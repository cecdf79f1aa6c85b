/**
 * Muon (Jordan et al. 2024): the momentum of a matrix is replaced by the nearest orthogonal matrix, found by
 * five Newton–Schulz iterations, so that every direction learns at the same rate. Scaled to the root mean
 * square of an AdamW update (Liu et al. 2025, "Muon is scalable"), so that one learning rate serves both.
 * Tables, the head, scales and biases are updated by AdamW. Left out: Polar Express, NorMuon (nanochat).
 */
import { add, constantScalar, div, matMul, mul, reduceSumSquare, sqrt, sub, type Tensor } from '@llm/graph';
import {
  type AdamWOptions,
  adamW,
  groupOf,
  type ParameterGroups,
  type WholeAdamWOptions,
  wholeOptions,
} from './adamw.js';
import type { Optimizer } from './optimizer.js';

export interface MuonOptions {
  /** Nesterov momentum. Default 0.95. */
  readonly momentum?: number | undefined;
  /** Newton–Schulz iterations. Default 5. */
  readonly iterations?: number | undefined;
  /** Decoupled decay of matrices. Default 0.1. */
  readonly weightDecay?: number | undefined;
  /** Default 1. */
  readonly maximumGradientNorm?: number | undefined;
  readonly groups?: ParameterGroups | undefined;
  /** For what Muon does not update. */
  readonly adamw?: Pick<AdamWOptions, 'betas' | 'epsilon'> | undefined;
}

export function muon(options: MuonOptions = {}): Optimizer {
  const all = wholeMuonOptions(options);
  const { momentum, iterations, groups, maximumGradientNorm } = all;
  const { rate: rateFactor, weightDecay } = groupOf('matrix', matrixOptions(all));
  const others = adamW({ ...all.adamw, groups });
  return {
    name: 'muon',
    options: all,
    maximumGradientNorm,
    scalars: others.scalars,
    stateShapes: (name, layout) =>
      layout.role === 'matrix' ? { momentum: layout.shape } : others.stateShapes(name, layout),
    isElementwise: ({ role }) => role !== 'matrix',
    update: (build, name, layout, parameter, gradient, state) => {
      if (layout.role !== 'matrix') return others.update(build, name, layout, parameter, gradient, state);
      const { graph, learningRate, clipFactor } = build;
      const clipped = mul(gradient, mul(clipFactor, constantScalar(graph, 1 - momentum)));
      const running = add(mul(state.momentum!, momentum), clipped);
      const ahead = add(mul(running, momentum), clipped);
      const rate = mul(learningRate, rateFactor);
      const step = mul(
        orthogonalize(ahead, iterations),
        mul(rate, 0.2 * Math.sqrt(Math.max(...layout.shape))),
      );
      const kept = weightDecay === 0 ? parameter : mul(parameter, sub(1, mul(rate, weightDecay)));
      return { parameter: sub(kept, step), state: { momentum: running } };
    },
  };
}

/** Every option with its default where it was not given. */
export interface WholeMuonOptions extends MuonOptions {
  readonly momentum: number;
  readonly iterations: number;
  readonly weightDecay: number;
  readonly maximumGradientNorm: number;
  readonly groups: ParameterGroups;
  readonly adamw: Required<Pick<WholeAdamWOptions, 'betas' | 'epsilon'>>;
}

export function wholeMuonOptions(options: MuonOptions): WholeMuonOptions {
  const { momentum = 0.95, iterations = 5, weightDecay = 0.1 } = options;
  const { maximumGradientNorm = 1, groups = {} } = options;
  const { betas, epsilon } = wholeOptions(options.adamw ?? {});
  return { momentum, iterations, weightDecay, maximumGradientNorm, groups, adamw: { betas, epsilon } };
}

/** As `groupOf` takes them, for matrices and for the rest. */
export const matrixOptions = ({ weightDecay, groups, adamw }: WholeMuonOptions): WholeAdamWOptions =>
  wholeOptions({ ...adamw, weightDecay, groups });

/** The quintic of the reference implementation: steep at zero, its fixed points spread around one. */
const [linearTerm, cubicTerm, quinticTerm] = [3.4445, -4.775, 2.0315];

/** x [m, n] → about U Vᵀ of its singular value decomposition; products are formed on the shorter side. */
export function orthogonalize(x: Tensor, iterations: number): Tensor {
  const wide = Number(x.shape[0]) <= Number(x.shape[1]);
  let y = div(x, add(sqrt(reduceSumSquare(x)), 1e-7));
  for (let i = 0; i < iterations; i++) {
    const square = matMul(y, y, wide ? { transposeB: true } : { transposeA: true });
    const polynomial = add(mul(square, cubicTerm), matMul(square, square, { alpha: quinticTerm }));
    y = add(mul(y, linearTerm), wide ? matMul(polynomial, y) : matMul(y, polynomial));
  }
  return y;
}
