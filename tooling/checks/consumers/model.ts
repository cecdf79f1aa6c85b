// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { RunEventListener, Tokenizer } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import {
  adamW,
  createModelConfig,
  createTransformer,
  generateText,
  type ModelConfig,
  pretrain,
} from '@llm/model';
import { bitsPerByte } from '@llm/model/evaluation';
import { importModel } from '@llm/model/node';

export async function use(
  signal: AbortSignal | undefined,
  seed: number | undefined,
  onEvent: RunEventListener | undefined,
  heads: ModelConfig['heads'] | undefined,
  tokenizer: Tokenizer,
  heldOut: readonly string[] | undefined,
): Promise<number | undefined> {
  const config = createModelConfig({ vocabularySize: 300, contextLength: 8, depth: seed, heads });
  const optimizer = adamW({ weightDecay: seed, groups: { matrix: undefined } });
  const model = await createTransformer({
    config,
    executor: createNodeExecutor(),
    seed,
    optimizer,
    lora: undefined,
  });
  const imported = await importModel('folder', { signal, onEvent, offline: undefined });
  const documents = [Object.keys(imported.tokenizerFiles)[0] ?? ''];
  const schedule = { shape: 'constant', peak: 1, warmUpSteps: seed } as const;
  const loop = { model, tokenizer, steps: 1, schedule, signal, onEvent, heldOut, saveEvery: seed };
  const report = await pretrain({
    ...loop,
    documents,
    rows: 1,
    columns: 8,
    seed,
    separateDocuments: undefined,
  });
  for await (const piece of generateText(model, tokenizer, tokenizer.encode('a'), {
    maxNewTokens: 1,
    seed,
    signal,
    stopStrings: undefined,
  }))
    if (piece.text === 'b') break;
  return report.bitsPerByte ?? (await bitsPerByte(model, tokenizer, documents, { rows: seed, signal }));
}
