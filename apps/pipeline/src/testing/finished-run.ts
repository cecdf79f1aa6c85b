/** A run whose stages are all complete, with figures that nothing computed. */
import { DirectoryStore } from '@llm/core/node';
import { presetOptions } from '../presets.js';
import { openEventLog } from '../run/event-log.js';
import { writeRunConfig } from '../run/run-config.js';
import { writeStageState } from '../run/stage-state.js';
import type {
  DataSummary,
  PretrainSummary,
  RlSummary,
  SftSummary,
  TokenizerSummary,
} from '../stages/summaries.js';

export const data: DataSummary = {
  pages: 10,
  kept: 6,
  dropped: { 'blocked-domain': 1, 'too | short': 3 },
  funnel: [
    { step: 'url', entered: 10, left: 9, dropped: { 'blocked-domain': 1 } },
    { step: 'quality', entered: 9, left: 6, dropped: { 'too | short': 3 } },
  ],
  characters: 1000,
  languages: { en: 6 },
  groundTruth: {
    pages: 10,
    met: 9,
    misses: [{ id: 'a', expected: 'kept', actual: 'quality/too-short' }],
    byChance: [],
  },
};
const tokenizer: TokenizerSummary = {
  vocabularySize: 512,
  bytesPerToken: 2.5,
  trainedCharacters: 900,
  examples: [],
};
export const hostile = '</td><script>alert("x")</script> | \u0000 \n line';
const samples = [{ prompt: 'Who are you?', text: hostile }];
const pretrain: PretrainSummary = {
  parameters: 1e5,
  steps: 2,
  corpusTokens: 400,
  trainedTokens: 512,
  heldOutDocuments: 2,
  bitsPerByteBefore: 4,
  bitsPerByteAfter: 2,
  samples,
  claims: {
    completions: { share: 0.75, interval: [0.7, 0.79], n: 400 },
    wordGames: {
      0: { share: 0, interval: [0, 0.01], n: 400 },
      10: { share: 0.5, interval: [0.45, 0.55], n: 400 },
    },
  },
};
const sft: SftSummary = {
  conversations: 50,
  skipped: 3,
  skippedByReason: { roles: 2, 'json | <b>': 1 },
  leftOutByReason: { 'too-long': 4 },
  steps: 2,
  formatValidBefore: 0,
  formatValidAfter: 0.9,
  formatPrompts: 10,
  heldOutLossBefore: 3,
  heldOutLossAfter: 1,
  rightSumsBefore: 0,
  rightSumsAfter: 0.25,
  sums: 8,
  rightFactsBefore: 0,
  rightFactsAfter: 0.5,
  facts: 4,
  unlearnedFacts: 3,
  samples,
  claims: {
    'facts-never-asked': {
      right: { share: 0.6, interval: [0.55, 0.65], n: 400 },
      refused: { share: 0.3, interval: [0.26, 0.35], n: 400 },
      madeUp: { share: 0.1, interval: [0.07, 0.13], n: 400 },
    },
  },
};
const rl: RlSummary = {
  tasks: 'sums',
  steps: 2,
  accuracyBefore: 0.2,
  accuracyAfter: 0.8,
  sampledAccuracyBefore: 0.25,
  sampledAccuracyAfter: 0.75,
  n: 100,
  intervalBefore: [0.13, 0.29],
  intervalAfter: [0.71, 0.87],
  toolCallRateBefore: 0.2,
  toolCallRateAfter: 1,
  formatValidAfter: 1,
  samples,
};

export const costs = {
  wallSeconds: 1.5,
  peakMemoryBytes: 1e8,
  cpuSeconds: 1.2,
  otherCpuSeconds: 1.6,
  processors: 2,
};

/** In an empty directory. */
export async function writeFinishedRun(directory: string): Promise<void> {
  const store = new DirectoryStore(directory);
  await writeRunConfig(directory, presetOptions('smoke'));
  const log = openEventLog(directory);
  const summaries = { data, tokenizer, pretrain, sft, rl, control: { ...rl, accuracyAfter: 0.21 } };
  log.append({ type: 'session-start', time: 0, command: 'test' });
  for (const [stage, summary] of Object.entries(summaries)) {
    log.append({ type: 'stage-start', at: stage, stage, time: 0, resumed: false });
    for (const step of [0, 1, 1]) {
      const values = {
        loss: 3 - step,
        reward: step,
        grad_norm: 1 + step,
        learning_rate: 0.1,
        tokens_per_second: 100 + step,
      };
      log.append({ type: 'metric', at: stage, stage, time: step, step, values });
    }
    log.append({ type: 'resources', at: stage, time: 9, ...costs });
    await writeStageState(store, {
      stage,
      status: 'complete',
      fingerprint: 'f',
      settings: {},
      summary,
    });
  }
  log.close();
}
