// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import type { RunEventListener } from '@llm/core';
import {
  chatTemplate,
  createTemplateRenderer,
  fromTiktoken,
  loadEncoding,
  trainTokenizer,
} from '@llm/tokenizer';
import { createCountingWorkers } from '@llm/tokenizer/node';

export async function use(
  signal: AbortSignal | undefined,
  limit: number | undefined,
  onEvent: RunEventListener | undefined,
  allowSpecial: boolean | undefined,
  workers: number | undefined,
): Promise<number | undefined> {
  const tokenizer = await loadEncoding('gpt2');
  const trained = await trainTokenizer(['text'], {
    vocabularySize: 300,
    signal,
    onEvent,
    specialTokens: undefined,
    pattern: undefined,
    maxTokenLength: limit,
    createCountingBackend: workers === undefined ? undefined : createCountingWorkers({ workers }),
  });
  await createTemplateRenderer(
    trained,
    { chatTemplate, tokens: {} },
    { tools: undefined, variables: undefined },
  );
  fromTiktoken('', { pattern: 'cl100k', specialTokens: undefined });
  const ids: Int32Array = tokenizer.encode('text', { allowSpecial, allowAdded: undefined });
  return tokenizer.countTokens('text', { limit, allowSpecial }) + (ids[0] ?? 0);
}
