export { evaluateTasks } from './evaluation/evaluate-tasks.js';
export { type Comparison, fitRatings, type Rating } from './evaluation/fit-ratings.js';
export { wilsonInterval } from './evaluation/wilson-interval.js';
export { clippedImportanceWeights } from './policy/clipped-importance-weights.js';
export { clippedPolicyGradient } from './policy/clipped-policy-gradient.js';
export { clippedValueLoss } from './policy/clipped-value-loss.js';
export { groupAdvantages } from './policy/group-advantages.js';
export { createPolicyBatch } from './policy/policy-batch.js';
export { type PolicyMethodName, policyMethod } from './policy/policy-methods.js';
export { reinforce } from './policy/reinforce.js';
export type { StepRollouts } from './policy/step-rollouts.js';
export { trainPolicy } from './policy/train-policy.js';
export { bradleyTerry } from './preferences/bradley-terry.js';
export { directPreference } from './preferences/direct-preference.js';
export { createJudge, judgeReward } from './preferences/judge.js';
export { kahnemanTversky } from './preferences/kahneman-tversky.js';
export { type PreferencePair, preferenceLayout } from './preferences/preference-batch.js';
export { processReward } from './preferences/process-reward.js';
export { cpo, orpo, simpo } from './preferences/reference-free.js';
export { rewardModelReward, scoreAnswers } from './preferences/reward-model.js';
export { trainLabelledAnswers } from './preferences/train-labelled-answers.js';
export { trainOnlinePreferences } from './preferences/train-online-preferences.js';
export { trainPreferences } from './preferences/train-preferences.js';
export { scoreSteps, trainProcessRewards } from './preferences/train-process-rewards.js';
export {
  acceptedConversations,
  bestOfN,
  expectedBest,
  rankedPairs,
  rankingsOf,
} from './rollout/best-of-n.js';
export type { Environment } from './rollout/environment.js';
export { createRemoteSampler } from './rollout/remote-sampler.js';
export type { RewardTerm } from './rollout/reward-terms.js';
export { rollout } from './rollout/rollout.js';
export { arithmeticTasks } from './tasks/arithmetic-tasks.js';
export { codeReward } from './tasks/code-reward.js';
export { countdownTasks } from './tasks/countdown-tasks.js';
export { createTaskSet, finalAnswerReward } from './tasks/final-answer.js';
export { followsInstruction, instructionTasks } from './tasks/instruction-checks.js';
export { gsm8kTasks, multipleChoiceTasks } from './tasks/question-tasks.js';
export { randomRewardControl } from './tasks/random-reward-control.js';
export { letterCountTasks, sortingTasks, spellingTasks } from './tasks/word-tasks.js';
export type { AsynchronousTool } from './tools/asynchronous-tool.js';
export { calculator } from './tools/calculator.js';
export { createSearchTool } from './tools/search-tool.js';
export { createToolCaller } from './tools/tool-caller.js';
