/**
 * Keeps what practice learns from in the run directory, so that every answer can be looked at later. It is
 * bounded: a stage keeps every n-th step and the last, n the least with which it keeps at most a million
 * tokens of answers (about 5 MB), and of a step that alone is more the first prompts.
 */
import type { ArtifactStore, Part, Tokenizer } from '@llm/core';
import { messageText } from '@llm/core';
import type { StepRollouts } from '@llm/rl';
import type { RolloutPart, RolloutPrompt, RolloutSample, TokenBytes } from '@llm/studio/wire';
import { writeRollouts } from './rollout-file.js';

const mostTokens = 1_000_000;

type Rollout = StepRollouts['rollouts'][number];

export interface KeepRolloutsOptions {
  readonly store: ArtifactStore;
  readonly stage: string;
  readonly tokenizer: Pick<Tokenizer, 'decodeBytes' | 'specialTokens'>;
  /** Names the reward where it is the only one. */
  readonly rewardName: string;
  readonly steps: number;
  readonly promptsPerStep: number;
  readonly samplesPerPrompt: number;
  readonly maxNewTokens: number;
}

/** For `onRollouts` of practice. */
export function keepRollouts(options: KeepRolloutsOptions): (rollouts: StepRollouts) => Promise<void> {
  const { store, stage, steps, rewardName } = options;
  const { every, prompts: kept } = whatIsKept(options);
  const tokenBytes = tokenReader(options.tokenizer);
  return async ({ step, samplesPerPrompt, rollouts, advantages }) => {
    if ((step - 1) % every !== 0 && step !== steps) return;
    const chosen = rollouts.slice(0, kept * samplesPerPrompt);
    const firsts = chosen.filter((_, index) => index % samplesPerPrompt === 0);
    const tokens: Record<string, TokenBytes> = {};
    for (const { prompt, ids } of chosen)
      for (const list of [prompt, ids]) for (const id of list) tokens[id] ??= tokenBytes(id);
    await writeRollouts(store, {
      stage,
      step,
      promptsOfStep: rollouts.length / samplesPerPrompt,
      tokens,
      prompts: firsts.map(promptRow),
      samples: chosen.map((rollout, index) =>
        sampleRow(rollout, {
          index,
          prompt: Math.floor(index / samplesPerPrompt),
          advantage: advantages[index]!,
          rewardName,
        }),
      ),
    });
  };
}

/** Which steps and how many prompts of each, by the most tokens that there can be. */
export function whatIsKept({
  steps,
  promptsPerStep,
  samplesPerPrompt,
  maxNewTokens,
}: Pick<KeepRolloutsOptions, 'steps' | 'promptsPerStep' | 'samplesPerPrompt' | 'maxNewTokens'>): {
  readonly every: number;
  readonly prompts: number;
} {
  const ofPrompt = samplesPerPrompt * maxNewTokens;
  // The first and the last step are always there: half of what there is, each.
  const prompts = Math.max(1, Math.min(promptsPerStep, Math.floor(mostTokens / 2 / ofPrompt)));
  const stepsKept = Math.max(2, Math.floor(mostTokens / (prompts * ofPrompt)));
  // One more for the last, where it is not among every n-th.
  const every = stepsKept >= steps ? 1 : Math.max(1, Math.ceil((steps - 1) / (stepsKept - 1)));
  return { every, prompts };
}

function promptRow({ task, prompt }: Rollout): RolloutPrompt {
  return {
    task: task.id,
    answer: task.answer,
    messages: task.prompt.messages.map(({ role, parts }) => ({ role, text: messageText(parts) })),
    ids: [...prompt],
  };
}

function sampleRow(
  rollout: Rollout,
  about: Pick<RolloutSample, 'index' | 'prompt'> & {
    readonly advantage: number | ArrayLike<number>;
    readonly rewardName: string;
  },
): RolloutSample {
  const { reward, rewardTerms, stopReason, wellFormed, toolCalls, toolFailures, version = 0 } = rollout;
  const { index, prompt, advantage, rewardName } = about;
  return {
    index,
    prompt,
    ids: [...rollout.ids],
    mask: Array.from(rollout.mask, (own) => (own === 1 ? 1 : 0)),
    logProbabilities: Array.from(rollout.logProbabilities, rounded),
    parts: rollout.parts.map(partRow),
    reward,
    rewards: rewardTerms ?? { [rewardName]: reward },
    advantage: typeof advantage === 'number' ? rounded(advantage) : Array.from(advantage, rounded),
    ...{ stopReason, wellFormed, toolCalls, toolFailures, version },
  };
}

function partRow(part: Part): RolloutPart {
  if (part.type === 'tool-call') return { type: part.type, tool: part.tool, text: part.input };
  return { type: part.type, text: part.text };
}

/** Four decimals: what is read by people; never -0, which JSON does not know. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4 + 0;

function tokenReader(tokenizer: KeepRolloutsOptions['tokenizer']): (id: number) => TokenBytes {
  const special = new Map([...tokenizer.specialTokens].map(([text, id]) => [id, text]));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (id) => {
    const control = special.get(id);
    if (control !== undefined) return control;
    const bytes = tokenizer.decodeBytes([id]);
    try {
      return decoder.decode(bytes);
    } catch {
      return [...bytes];
    }
  };
}
