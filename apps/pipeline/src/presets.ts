/**
 * Presets are plain objects. On two cores `default` takes twelve minutes where a step of 8 × 256 takes 0.175
 * s (0.13 to 0.2 by the hour of a shared machine); `smoke` is 53 s of one processor. What was run, and its
 * memory, is in RESULTS.md.
 */
import { availableParallelism } from 'node:os';
import type { PipelineOptions, PresetName } from './options.js';

type Preset = Omit<PipelineOptions, 'preset' | 'seed' | 'threads' | 'conversations'>;

const tasks = {
  digits: 3,
  demonstrationShare: 0.5,
  arithmeticShare: 0.15,
  requestShare: 0.4,
  toolShare: 0.1,
};

const smoke: Preset = {
  input: { kind: 'miniweb', pages: 300 },
  tokenizer: { vocabularySize: 1024, maximumCharacters: 2_000_000 },
  model: { depth: 2, width: 128, contextLength: 128 },
  pretrain: {
    steps: 60,
    rows: 8,
    columns: 128,
    learningRate: 5e-3,
    weightDecay: 0.1,
    saveEvery: 15,
    copyingSteps: 0,
    copyingShare: 0,
    inputNoise: 0,
    heldOutDocuments: 12,
    maximumCharacters: 2_000_000,
  },
  sft: {
    conversations: 4000,
    textConversations: 200,
    maximumConversations: 20_000,
    heldOutConversations: 40,
    rehearsal: 0,
    rehearsalFrom: 0,
    steps: 300,
    rows: 8,
    columns: 128,
    learningRate: 5e-3,
    saveEvery: 50,
  },
  tasks: { ...tasks, digits: 2, arithmeticShare: 0.6 },
  claims: { questions: 0, interrogate: false },
  rl: {
    steps: 8,
    promptsPerStep: 6,
    samplesPerPrompt: 8,
    maxNewTokens: 36,
    learningRate: 5e-4,
    klCoefficient: 0.2,
    saveEvery: 2,
    heldOutTasks: 64,
  },
};

const standard: Preset = {
  input: { kind: 'miniweb', pages: 10_000 },
  tokenizer: { vocabularySize: 2048, maximumCharacters: 10_000_000 },
  model: { depth: 4, width: 128, contextLength: 512 },
  pretrain: {
    steps: 1900,
    rows: 8,
    columns: 256,
    learningRate: 5e-3,
    weightDecay: 0.1,
    saveEvery: 100,
    copyingSteps: 80,
    copyingShare: 1 / 40,
    inputNoise: 0,
    heldOutDocuments: 60,
    maximumCharacters: 50_000_000,
  },
  sft: {
    conversations: 60_000,
    textConversations: 3000,
    maximumConversations: 100_000,
    heldOutConversations: 200,
    rehearsal: 0.4,
    rehearsalFrom: 0.5,
    steps: 1350,
    rows: 8,
    columns: 256,
    learningRate: 3e-3,
    saveEvery: 100,
  },
  tasks,
  claims: { questions: 400, interrogate: true },
  rl: {
    steps: 32,
    promptsPerStep: 8,
    samplesPerPrompt: 16,
    maxNewTokens: 36,
    learningRate: 2.5e-4,
    klCoefficient: 0.1,
    saveEvery: 10,
    heldOutTasks: 400,
  },
};

/**
 * For text of one's own, say stories, books and tales: rows that hold a whole story, and a model that reads
 * ten million tokens, three for each of its parameters: 38 minutes on two cores. A small text wants
 * `--input-noise`.
 */
const hour: Preset = {
  ...standard,
  tokenizer: { vocabularySize: 2048, maximumCharacters: 20_000_000 },
  model: { depth: 6, width: 192, contextLength: 512 },
  pretrain: { ...standard.pretrain, steps: 2400, columns: 512 },
  sft: { ...standard.sft, steps: 1000, rows: 4, columns: 512 },
};

const presets: Readonly<Record<PresetName, Preset>> = { smoke, default: standard, hour };

export const defaultSeed = 1;

export function presetOptions(name: PresetName): PipelineOptions {
  // More than four threads do not pay for models of this size.
  const threads = Math.min(4, availableParallelism());
  return { preset: name, seed: defaultSeed, threads, conversations: [], ...presets[name] };
}
