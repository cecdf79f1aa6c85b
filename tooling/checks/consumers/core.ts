// Options that may be undefined, handed on as they are. Compiled against the tarball by packed-packages.ts.
import { emit, type GenerateOptions, LlmError, type RunEventListener } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { FetchStore } from '@llm/core/stores';
import { NgramModel } from '@llm/core/testing';
import { runTrainingLoop, type TrainingLoop } from '@llm/core/training';

export async function use(
  signal: AbortSignal | undefined,
  seed: number | undefined,
  onEvent: RunEventListener | undefined,
  cause: Error | undefined,
  evaluate: TrainingLoop['evaluate'],
): Promise<unknown> {
  emit(onEvent, { type: 'stage-start', stage: 'mine' });
  const options: GenerateOptions = {
    maxNewTokens: 4,
    signal,
    seed,
    temperature: seed,
    stopTokens: undefined,
    topK: seed,
  };
  const model = new NgramModel(267, 8);
  const [completion] = await model.generate([Int32Array.of(1)], options);
  const first: number | undefined = completion?.ids[0];
  const store = new FetchStore('https://example.org/', {
    cache: first === 1 ? new DirectoryStore('cache') : undefined,
  });
  const batch: TrainingLoop['batch'] = () =>
    Promise.reject(new LlmError({ code: 'mine', message: 'none', cause }));
  await runTrainingLoop({
    model,
    batch,
    steps: 1,
    schedule: () => 1,
    stage: 'mine',
    signal,
    onEvent,
    evaluate,
    saveEvery: seed,
  });
  return store;
}
