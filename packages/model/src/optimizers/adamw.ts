/**
 * AdamW (Loshchilov and Hutter 2019) as graph nodes, equal to torch.optim.AdamW. Bias corrections and constants are
 * folded into scalars, so that each parameter is passed over as few times as possible:
 * p ← p · (1 − rate · decay) − rate · √c₂/c₁ · m / (√v + ε · √c₂).
 */
import { add, constantScalar, div, mul, sqrt, sub, type Tensor } from '@llm/graph';
import type { ParameterLayout, ParameterRole } from '../parameter-layout.js';
import type { Optimizer, OptimizerBuild, ParameterUpdate } from './optimizer.js';

export interface AdamWOptions {
  /** Decay of the first and second moment. Default [0.9, 0.99]: short runs need a short memory. */
  readonly betas?: readonly [number, number];
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled decay of matrices; tables, scales and biases never decay. Default 0.1. */
  readonly weightDecay?: number;
  /** Default 1. */
  readonly maximumGradientNorm?: number;
  /** Factor on the learning rate per role of parameter. Default 1 for all. */
  readonly rates?: Readonly<Partial<Record<ParameterRole, number>>>;
}

export function adamW(options: AdamWOptions = {}): Optimizer {
  const { betas = [0.9, 0.99], epsilon = 1e-8, weightDecay = 0.1, rates = {} } = options;
  return {
    name: 'adamw',
    maximumGradientNorm: options.maximumGradientNorm ?? 1,
    scalars: (step) => {
      const second = Math.sqrt(1 - betas[1] ** step);
      return { adamwStep: second / (1 - betas[0] ** step), adamwEpsilon: epsilon * second };
    },
    stateShapes: (_, { shape }) => ({ firstMoment: shape, secondMoment: shape }),
    update: (build, _name, layout, parameter, gradient, state) =>
      updateByMoments(
        build,
        betas,
        rates[layout.role] ?? 1,
        decayOf(layout, weightDecay),
        parameter,
        gradient,
        state,
      ),
  };
}

function decayOf({ role }: ParameterLayout, weightDecay: number): number {
  return role === 'matrix' ? weightDecay : 0;
}

function updateByMoments(
  { graph, learningRate, clipFactor, scalars }: OptimizerBuild,
  betas: readonly [number, number],
  rateFactor: number,
  decay: number,
  parameter: Tensor,
  gradient: Tensor,
  state: Readonly<Record<string, Tensor>>,
): ParameterUpdate {
  const scalar = (value: number): Tensor => constantScalar(graph, value);
  const firstShare = mul(clipFactor, scalar(1 - betas[0]));
  const secondShare = mul(mul(clipFactor, clipFactor), scalar(1 - betas[1]));
  const first = add(mul(state.firstMoment!, scalar(betas[0])), mul(gradient, firstShare));
  const second = add(mul(state.secondMoment!, scalar(betas[1])), mul(mul(gradient, gradient), secondShare));
  const rate = rateFactor === 1 ? learningRate : mul(learningRate, rateFactor);
  const direction = div(first, add(sqrt(second), scalars.adamwEpsilon!));
  const step = mul(direction, mul(rate, scalars.adamwStep!));
  const kept = decay === 0 ? parameter : mul(parameter, sub(1, mul(rate, decay)));
  return { parameter: sub(kept, step), state: { firstMoment: first, secondMoment: second } };
}
