/**
 * AdamW (Loshchilov and Hutter 2019) as graph nodes, equal to torch.optim.AdamW. Bias corrections and
 * constants are folded into scalars, so that each parameter is passed over as few times as possible: p ← p ·
 * (1 − rate · decay) − rate · √c₂/c₁ · m / (√v + ε · √c₂).
 */
import { add, constantScalar, div, mul, sqrt, sub, type Tensor } from '@llm/graph';
import type { ParameterRole } from '../weights/parameter-layout.js';
import type { Optimizer, OptimizerBuild, ParameterUpdate } from './optimizer.js';

/** How the parameters of one role are updated, where it differs from the others. */
export interface ParameterGroup {
  /** Factor on the learning rate. Default 1. */
  readonly rate?: number | undefined;
  /** Decoupled decay. Default: the optimizer's for matrices, 0 for the rest. */
  readonly weightDecay?: number | undefined;
  /** Of AdamW. Default: the optimizer's. */
  readonly betas?: readonly [number, number] | undefined;
}

export type ParameterGroups = { readonly [Role in ParameterRole]?: ParameterGroup | undefined };

export interface AdamWOptions {
  /** Decay of the first and second moment. Default [0.9, 0.99]: short runs need a short memory. */
  readonly betas?: readonly [number, number] | undefined;
  /** Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** Decoupled decay of matrices; tables, scales and biases never decay. Default 0.1. */
  readonly weightDecay?: number | undefined;
  /** Default 1. */
  readonly maximumGradientNorm?: number | undefined;
  readonly groups?: ParameterGroups | undefined;
}

export function adamW(options: AdamWOptions = {}): Optimizer {
  const all = wholeOptions(options);
  const { betas, epsilon, maximumGradientNorm, groups } = all;
  return {
    name: 'adamw',
    options: all,
    maximumGradientNorm,
    scalars: (step) => {
      const corrections: Record<string, number> = {};
      for (const role of [undefined, ...roles(groups)]) {
        const [first, second] = (role && groups[role]?.betas) ?? betas;
        const root = Math.sqrt(1 - second ** step);
        corrections[stepName(role)] = root / (1 - first ** step);
        corrections[epsilonName(role)] = epsilon * root;
      }
      return corrections;
    },
    stateShapes: (_, { shape }) => ({ firstMoment: shape, secondMoment: shape }),
    isElementwise: () => true,
    update: (build, _name, { role }, parameter, gradient, state) => {
      const group = groupOf(role, all);
      const own = groups[role]?.betas ? role : undefined;
      return updateByMoments(
        build,
        {
          ...group,
          step: build.scalars[stepName(own)]!,
          epsilon: build.scalars[epsilonName(own)]!,
        },
        parameter,
        gradient,
        state,
      );
    },
  };
}

/** Every option with its default where it was not given. */
export interface WholeAdamWOptions extends AdamWOptions {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly maximumGradientNorm: number;
  readonly groups: ParameterGroups;
}

export function wholeOptions(options: AdamWOptions): WholeAdamWOptions {
  const { betas = [0.9, 0.99], epsilon = 1e-8, weightDecay = 0.1 } = options;
  const { maximumGradientNorm = 1, groups = {} } = options;
  return { betas, epsilon, weightDecay, maximumGradientNorm, groups };
}

/** How the parameters of a role are updated. */
export function groupOf(
  role: ParameterRole,
  { betas, weightDecay, groups }: WholeAdamWOptions,
): WholeParameterGroup {
  const group = groups[role] ?? {};
  return {
    betas: group.betas ?? betas,
    rate: group.rate ?? 1,
    weightDecay: group.weightDecay ?? (role === 'matrix' ? weightDecay : 0),
  };
}

export interface WholeParameterGroup {
  readonly betas: readonly [number, number];
  readonly rate: number;
  readonly weightDecay: number;
}

/** Roles with betas, and so with bias corrections, of their own. */
function roles(groups: ParameterGroups): ParameterRole[] {
  return (Object.keys(groups) as ParameterRole[]).filter((role) => groups[role]?.betas);
}

const stepName = (role?: ParameterRole): string => (role ? `adamwStep.${role}` : 'adamwStep');
const epsilonName = (role?: ParameterRole): string => (role ? `adamwEpsilon.${role}` : 'adamwEpsilon');

function updateByMoments(
  { graph, learningRate, clipFactor }: OptimizerBuild,
  group: WholeParameterGroup & { readonly step: Tensor; readonly epsilon: Tensor },
  parameter: Tensor,
  gradient: Tensor,
  state: Readonly<Record<string, Tensor>>,
): ParameterUpdate {
  const { betas, weightDecay } = group;
  const scalar = (value: number): Tensor => constantScalar(graph, value);
  const firstShare = mul(clipFactor, scalar(1 - betas[0]));
  const secondShare = mul(mul(clipFactor, clipFactor), scalar(1 - betas[1]));
  const first = add(mul(state.firstMoment!, scalar(betas[0])), mul(gradient, firstShare));
  const second = add(mul(state.secondMoment!, scalar(betas[1])), mul(mul(gradient, gradient), secondShare));
  const rate = group.rate === 1 ? learningRate : mul(learningRate, group.rate);
  const direction = div(first, add(sqrt(second), group.epsilon));
  const step = mul(direction, mul(rate, group.step));
  const kept = weightDecay === 0 ? parameter : mul(parameter, sub(1, mul(rate, weightDecay)));
  return { parameter: sub(kept, step), state: { firstMoment: first, secondMoment: second } };
}
