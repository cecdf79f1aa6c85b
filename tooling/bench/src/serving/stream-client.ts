/** One client of a chat stream: reads as fast as it wants to, and may leave. */
import type { RunningServer } from './start-servers.js';

export interface Ask {
  readonly content: string;
  readonly maximumTokens: number;
  /** Between two reads of the connection. */
  readonly pauseMilliseconds?: number | undefined;
  /** Leave after so many reads. */
  readonly leaveAfter?: number | undefined;
}

export interface Told {
  /** Undefined of an answer that was left. */
  readonly text: string | undefined;
  readonly tokens: number;
  readonly isWhole: boolean;
}

interface Chunk {
  readonly choices?: readonly {
    readonly delta: { readonly content?: string | null };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly completion_tokens: number } | null;
  readonly error?: { readonly message: string };
}

export async function readStream(
  { name, url }: Pick<RunningServer, 'name' | 'url'>,
  { content, maximumTokens, pauseMilliseconds = 0, leaveAfter = Number.POSITIVE_INFINITY }: Ask,
): Promise<Told> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: name,
      messages: [{ role: 'user', content }],
      temperature: 0,
      max_tokens: maximumTokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
    signal: leaving.signal,
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  for (let reads = 0; ; reads++) {
    if (reads >= leaveAfter) {
      leaving.abort();
      await reader.read().catch(() => {});
      return { text: undefined, tokens: 0, isWhole: false };
    }
    if (pauseMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    const { done, value } = await reader.read();
    if (done) break;
    received += value;
  }
  let text = '';
  let tokens = 0;
  let finish: string | null = null;
  const events = received.split('\n\n').filter((event) => event.startsWith('data: '));
  for (const event of events) {
    if (event === 'data: [DONE]') continue;
    const { choices, usage, error } = JSON.parse(event.slice('data: '.length)) as Chunk;
    if (error !== undefined) throw new Error(error.message);
    text += choices?.[0]?.delta.content ?? '';
    finish = choices?.[0]?.finish_reason ?? finish;
    tokens = usage?.completion_tokens ?? tokens;
  }
  return { text, tokens, isWhole: finish !== null && events.at(-1) === 'data: [DONE]' };
}

/** Runs `work` for 0 … count − 1, so many at once. */
export async function atOnce(
  count: number,
  concurrent: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(count, concurrent) }, async () => {
      for (let index = next++; index < count; index = next++) await work(index);
    }),
  );
}
