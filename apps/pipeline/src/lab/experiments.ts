/** The experiments in the order in which the talk comes to them. */
import type { Experiment } from './experiment.js';
import { contextBeatsMemory } from './experiments/context-beats-memory.js';
import { hallucination } from './experiments/hallucination.js';
import { inContextLearning } from './experiments/in-context-learning.js';
import { practiceBeatsImitation } from './experiments/practice-beats-imitation.js';
import { randomRewards } from './experiments/random-rewards.js';
import { regurgitation } from './experiments/regurgitation.js';
import { rewardHacking } from './experiments/reward-hacking.js';
import { spellingByTokens } from './experiments/spelling-by-tokens.js';
import { storedFacts } from './experiments/stored-facts.js';
import { systemPrompt } from './experiments/system-prompt.js';
import { tokensToThink } from './experiments/tokens-to-think.js';

export const experiments: readonly Experiment[] = [
  regurgitation,
  storedFacts,
  inContextLearning,
  hallucination,
  contextBeatsMemory,
  systemPrompt,
  tokensToThink,
  spellingByTokens,
  practiceBeatsImitation,
  randomRewards,
  rewardHacking,
];
