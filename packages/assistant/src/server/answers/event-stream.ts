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
  let hasLeft = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let text: string;
        let isLast = true;
        try {
          const { done, value } = next ?? (await values.next());
          next = undefined;
          isLast = done === true;
          text = isLast ? '[DONE]' : JSON.stringify(value);
        } catch (error) {
          text = JSON.stringify(failed(error).body());
        }
        // The reader may have left in the meantime.
        if (hasLeft) return;
        controller.enqueue(event(text));
        if (!isLast) return;
        controller.close();
        end();
      },
      async cancel() {
        hasLeft = true;
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
