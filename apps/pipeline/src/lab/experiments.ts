/** The experiments in the order in which the talk comes to them. */
import type { Experiment } from './experiment.js';
import { practiceBeatsImitation } from './experiments/practice-beats-imitation.js';
import { randomRewards } from './experiments/random-rewards.js';
import { rewardHacking } from './experiments/reward-hacking.js';
import { tokensToThink } from './experiments/tokens-to-think.js';

export const experiments: readonly Experiment[] = [
  tokensToThink,
  practiceBeatsImitation,
  randomRewards,
  rewardHacking,
];
