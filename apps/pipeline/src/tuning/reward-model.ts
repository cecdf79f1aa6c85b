/** A reward model that `llm prefer --method reward` left, as the reward of what is practised. */
import { readModel } from '@llm/assistant/node';
import { LlmError, type TaskSet } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { createTransformer } from '@llm/model';
import { rewardModelReward } from '@llm/rl';
import { createTemplateRenderer } from '@llm/tokenizer';
import { findModel } from '../models/model-source.js';

export interface OpenedReward {
  /** How probably it would be preferred to an answer of score 0. */
  readonly reward: TaskSet['reward'];
  dispose(): Promise<void>;
}

/** Throws `pipeline/reward-model-unfit` for a model that does not score, and what reading one throws. */
export async function openRewardModel(
  named: string,
  { threads }: { readonly threads?: number | undefined },
): Promise<OpenedReward> {
  const { source } = await findModel({ model: named });
  const { config, parameters, tokenizer, tokenizerConfig } = await readModel(source);
  if (config.scalarHead !== true)
    throw new LlmError({
      code: 'pipeline/reward-model-unfit',
      message: `${named} has no head that scores answers. Train one: llm prefer --method reward.`,
      details: { source: named },
    });
  const executor = createNodeExecutor({ threads });
  const model = await createTransformer({ config, parameters, executor });
  const renderer = await createTemplateRenderer(tokenizer, tokenizerConfig);
  const scoreOf = rewardModelReward({ model, renderer });
  return {
    // Scores lie on both sides of 0, which is what an answer without an end earns: shares lie above it.
    reward: async (task, parts) => 1 / (1 + Math.exp(-(await scoreOf(task, parts)))),
    dispose: () => model.dispose(),
  };
}
