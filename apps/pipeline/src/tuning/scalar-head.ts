/** A model that scores instead of answering: what `--method reward` and `--method process` train. */
import { type TunableModel, unfit } from './open-tunable.js';
import type { PreferFlags } from './tuning-flags.js';

/** Throws `pipeline/flag-unfit`. */
export function checkScorerFlags({ beta, merge }: PreferFlags): void {
  if (beta !== undefined) throw unfit('--beta', 'a reward model has none');
  if (merge !== undefined)
    throw unfit('--merge', 'a reward model is written whole in any case: leave it out');
}

/** The same weights, with a head of one number, which is trained beside adapters, too. */
export function withScalarHead(tunable: TunableModel): TunableModel {
  const { loaded } = tunable;
  return {
    ...tunable,
    loaded: { ...loaded, config: { ...loaded.config, scalarHead: true } },
    get parameters() {
      return tunable.parameters;
    },
  };
}
