/**
 * Which weights answered, where another sampler than the policy does, and whether they are too old. A
 * sampler that is a copy of the policy lags behind it by optimizer steps; the further, the less its answers
 * say about the policy. Importance sampling corrects for that as far as it goes.
 */
import type { TrainableModel } from '@llm/core';
import { checkNumber, LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import type { Sampler } from '../rollout/sampler.js';
import type { ImportanceCorrectionOptions } from './importance-correction.js';

export interface SamplerVersionOptions {
  /**
   * Optimizer steps of the weights that the `sampler` answers with now, read before and after each draw; the
   * lower number is stamped on its rollouts. Default: not known.
   */
  readonly samplerVersion?: (() => number | Promise<number>) | undefined;
  /**
   * Optimizer steps that these may lie behind the policy. Default: none without `importanceCorrection`, any
   * number with it.
   */
  readonly maximumStaleness?: number | undefined;
}

/** What of `TrainPolicyOptions` decides who answers. */
interface SampledPolicy extends SamplerVersionOptions {
  readonly policy: Pick<TrainableModel, 'stepsTaken'>;
  readonly sampler?: Sampler | undefined;
  readonly importanceCorrection?: ImportanceCorrectionOptions | undefined;
  readonly temperature?: number | undefined;
  readonly tempered?: boolean | undefined;
}

export function checkSamplerVersion(options: SampledPolicy): void {
  const { sampler, policy, samplerVersion, maximumStaleness, importanceCorrection: correction } = options;
  const isOther = sampler !== undefined && sampler !== (policy as unknown);
  const refuse = (option: string, message: string): never => {
    throw new LlmError({ code: 'core/option-invalid', message, details: { option } });
  };
  if (maximumStaleness !== undefined)
    checkNumber('maximumStaleness', maximumStaleness, { minimum: 0, maximum: Number.POSITIVE_INFINITY });
  if (samplerVersion !== undefined && !isOther)
    refuse('samplerVersion', 'samplerVersion is given, and the policy answers itself: leave it out.');
  if (maximumStaleness !== undefined && samplerVersion === undefined)
    refuse(
      'maximumStaleness',
      'maximumStaleness needs a samplerVersion: nothing else says how old weights are.',
    );
  if (isOther && samplerVersion === undefined && correction === undefined)
    refuse(
      'sampler',
      'sampler is another model than the policy, and nothing says how far it lies from it: give importanceCorrection, or samplerVersion.',
    );
  const isTempered =
    (options.tempered ?? true) && (options.temperature ?? 1) !== 1 && options.temperature !== 0;
  if (isOther && correction !== undefined && isTempered && sampler.logProbabilities === undefined)
    refuse(
      'temperature',
      `temperature is ${options.temperature}, and the sampler tells log-probabilities at 1 alone: sample at 1, or give tempered: false.`,
    );
}

/**
 * The version of what `draw` gives, in optimizer steps. Throws `rl/rollout-stale` for weights that are older
 * than allowed, or newer than the policy: those of another run. `core/option-invalid` for none.
 */
export async function stampedDraw<Drawn>(
  options: SampledPolicy,
  draw: (version: () => Promise<number | undefined>) => Promise<Drawn>,
): Promise<Drawn> {
  const { policy, sampler, samplerVersion, importanceCorrection } = options;
  const { maximumStaleness = importanceCorrection === undefined ? 0 : Number.POSITIVE_INFINITY } = options;
  if (sampler === undefined || sampler === (policy as unknown)) return draw(async () => policy.stepsTaken);
  if (samplerVersion === undefined) return draw(async () => undefined);
  const now = async (): Promise<number> => {
    const version: unknown = await samplerVersion();
    checkNumber('samplerVersion()', version, { minimum: 0, integer: true });
    const staleness = policy.stepsTaken - (version as number);
    if (staleness >= 0 && staleness <= maximumStaleness) return version as number;
    throw new LlmError({
      code: 'rl/rollout-stale',
      message:
        staleness < 0
          ? `The sampler answers with weights of step ${version}, and the policy took ${policy.stepsTaken}: they are another run's. Give the sampler the policy's weights.`
          : `The sampler answers with weights of step ${version}, ${staleness} behind the policy; at most ${maximumStaleness} are allowed. Give it newer weights, or correct for old ones with importanceCorrection.`,
      details: { version: version as number, stepsTaken: policy.stepsTaken, maximumStaleness },
    });
  };
  const before = await now();
  return draw(async () => Math.min(before, await now()));
}

/**
 * `sampling/staleness`: optimizer steps behind the policy, the mean over answers; of a sampler that may fail,
 * the share of answers that did not come and all tries made again so far.
 */
export function samplerMetrics(
  { policy, sampler }: SampledPolicy,
  rollouts: readonly Rollout[],
): Record<string, number> {
  if (sampler === undefined || sampler === (policy as unknown)) return {};
  const versions = rollouts.flatMap(({ version }) => (version === undefined ? [] : [version]));
  const staleness = versions.reduce((sum, version) => sum + policy.stepsTaken - version, 0);
  const failed = rollouts.filter(({ ids }) => ids.length === 0).length;
  const { statistics } = sampler;
  return {
    ...(versions.length > 0 && { 'sampling/staleness': staleness / versions.length }),
    ...(statistics && {
      'sampling/failed': failed / rollouts.length,
      'sampling/retries': statistics.retries,
    }),
  };
}
