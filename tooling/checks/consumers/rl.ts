// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { ConversationRenderer, RunEventListener, TaskSet, Tool, TrainableModel } from '@llm/core';
import { clippedPolicyGradient, evaluateTasks, trainPolicy, trainPreferences } from '@llm/rl';

export async function use(
  policy: TrainableModel,
  renderer: ConversationRenderer,
  tasks: TaskSet,
  tools: readonly Tool[] | undefined,
  seed: number | undefined,
  signal: AbortSignal | undefined,
  onEvent: RunEventListener | undefined,
): Promise<string | undefined> {
  clippedPolicyGradient({ clipLow: seed, klCoefficient: seed });
  const shared = { renderer, signal, onEvent, seed, stage: undefined };
  await trainPolicy({
    ...shared,
    policy,
    tasks,
    tools,
    maxNewTokens: 4,
    steps: 1,
    schedule: () => 1,
    advantages: undefined,
  });
  await trainPreferences({
    ...shared,
    policy,
    pairs: [],
    reference: undefined,
    steps: 1,
    schedule: () => 1,
    saveEvery: seed,
  });
  const report = await evaluateTasks({
    ...shared,
    model: policy,
    tasks,
    tools,
    samples: seed,
    split: undefined,
  });
  return report.examples[0]?.id;
}
