/** The experiments by the order in which the talk comes to them. */
import type { Experiment } from './experiment.js';
import { tokensToThink } from './experiments/tokens-to-think.js';

export const experiments: readonly Experiment[] = [tokensToThink as unknown as Experiment];
