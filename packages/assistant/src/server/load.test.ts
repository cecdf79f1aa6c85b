// Many streams at once, of readers that are slow or leave: none is lost, none has words of another.
import { expect, test } from 'vitest';
import { tinyAssistant } from './fixtures/tiny-assistant.js';
import { serve } from './node/index.js';

interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

test('40 streams, a third of slow readers, a fifth that leaves', async () => {
  const assistant = await tinyAssistant();
  const server = await serve({ assistants: [assistant], port: 0, limits: { active: 8 } });
  const ask = (request: number, stream: boolean, signal?: AbortSignal): Promise<Response> =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'tiny',
        messages: [{ role: 'user', content: `Question ${request % 10}` }],
        temperature: 0,
        max_tokens: 5 + (request % 10),
        stream,
      }),
      signal: signal ?? null,
    });
  const alone: string[] = [];
  for (let request = 0; request < 10; request++) {
    const answer = (await (await ask(request, false)).json()) as {
      readonly choices: readonly { readonly message: { readonly content: string } }[];
    };
    alone.push(answer.choices[0]!.message.content);
  }
  expect(new Set(alone).size).toBe(10);

  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async (_, request) => {
      const leaving = new AbortController();
      const response = await ask(request, true, leaving.signal);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        if (request % 5 === 4) {
          leaving.abort();
          await reader.read().catch(() => {});
          return 'left';
        }
        if (request % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
      }
      const events = text.split('\n\n').map((event) => event.replace('data: ', ''));
      expect(events.slice(-2)).toEqual(['[DONE]', '']);
      const chunks = events.slice(0, -2).map((event) => JSON.parse(event) as Chunk);
      expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('length');
      const content = chunks.map(({ choices }) => choices[0]!.delta.content ?? '').join('');
      expect(content).toBe(alone[request % 10]);
      return 'answered';
    }),
  );
  expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(32);
  await server.stop();
  await assistant.dispose();
});
