/** The tokens of one row as they are drawn. */
import type { Completion, TokenScores } from '@llm/core';
import type { Transformer } from '@llm/model';

export interface StreamedToken extends TokenScores {
  readonly id: number;
}

export type RowOptions = Omit<Parameters<Transformer['generate']>[1], 'onToken'>;

/**
 * Continues `prompt`; returns why it ended. Leaving the loop early stops the generation and waits until the
 * token that is being computed is done, so that the model may be freed then.
 */
export async function* streamTokens(
  model: Pick<Transformer, 'generate' | 'vocabularySize'>,
  prompt: Int32Array,
  options: RowOptions,
): AsyncGenerator<StreamedToken, Completion['stopReason'], undefined> {
  const stop = new AbortController();
  const forward = (): void => stop.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forward, { once: true });
  if (options.signal?.aborted) forward();
  const ready: StreamedToken[] = [];
  let wake: (() => void) | undefined;
  let outcome: { readonly completion?: Completion | undefined; readonly error?: unknown } | undefined;
  const finish = (result: typeof outcome): void => {
    outcome = result;
    wake?.();
  };
  const finished = model
    .generate([prompt], {
      ...options,
      signal: stop.signal,
      onToken: (_, id, { logProbability, top }) => {
        ready.push({ id, logProbability, top });
        wake?.();
      },
    })
    .then(
      ([completion]) => finish({ completion: completion! }),
      (error: unknown) => finish({ error }),
    );
  try {
    for (;;) {
      while (ready.length > 0) yield ready.shift()!;
      if (outcome !== undefined) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (outcome.completion === undefined) throw outcome.error;
    return outcome.completion.stopReason;
  } finally {
    options.signal?.removeEventListener('abort', forward);
    stop.abort();
    await finished;
  }
}
