// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { ConversationRenderer, RunEventListener, TrainableModel } from '@llm/core';
import { evaluateChat, fineTune, readConversations } from '@llm/sft';

export async function use(
  model: TrainableModel,
  renderer: ConversationRenderer,
  name: string | undefined,
  seed: number | undefined,
  signal: AbortSignal | undefined,
  onEvent: RunEventListener | undefined,
): Promise<number | undefined> {
  const { conversations, skipped } = await readConversations('', {
    name,
    strict: undefined,
    limit: seed,
    onEvent,
  });
  const shared = { model, renderer, signal, onEvent };
  const training = { ...shared, conversations, rows: 1, columns: 8, steps: 1, schedule: () => 1 };
  const report = await fineTune({
    ...training,
    seed,
    heldOut: undefined,
    rowsAtOnce: seed,
    evaluate: undefined,
  });
  const chat = await evaluateChat({ ...shared, prompts: [], maxNewTokens: seed });
  return report.heldOut?.after ?? skipped[0]?.line ?? chat.formatValid;
}
