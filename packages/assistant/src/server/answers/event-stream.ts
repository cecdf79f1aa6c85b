/** Server-sent events, pulled by the connection: nothing is written that the reader has not made room for. */
import type { ApiError } from '../api-error.js';

/**
 * One event for each value, `[DONE]` last; a failure is an event of its own, and the last. Waits for the
 * first value, so that what fails before it is an answer with a status. `failed` makes an error that can be
 * told; `end` is called when the stream is over or its reader has left.
 */
export async function eventStream(
  values: AsyncGenerator<unknown, void, undefined>,
  { failed, end }: { readonly failed: (error: unknown) => ApiError; readonly end: () => void },
): Promise<Response> {
  const encoder = new TextEncoder();
  const event = (text: string): Uint8Array => encoder.encode(`data: ${text}\n\n`);
  let next: IteratorResult<unknown, void> | undefined = await values.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = next ?? (await values.next());
          next = undefined;
          controller.enqueue(event(done === true ? '[DONE]' : JSON.stringify(value)));
          if (done !== true) return;
        } catch (error) {
          controller.enqueue(event(JSON.stringify(failed(error).body())));
        }
        controller.close();
        end();
      },
      async cancel() {
        end();
        await values.return();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // Proxies that collect an answer before they pass it on.
      'x-accel-buffering': 'no',
    },
  });
}
