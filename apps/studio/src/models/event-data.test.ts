import { expect, test } from 'vitest';
import { eventData } from './event-data.js';

test('events are read wherever the bytes were cut', async () => {
  const bytes = new TextEncoder().encode('data: {"a": "é"}\n\n: heart beat\n\ndata: [DONE]\n\n');
  for (let size = 1; size < 8; size++) {
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        for (let at = 0; at < bytes.length; at += size) control.enqueue(bytes.slice(at, at + size));
        control.close();
      },
    });
    const found: string[] = [];
    for await (const data of eventData(body)) found.push(data);
    expect(found).toEqual(['{"a": "é"}', '[DONE]']);
  }
});
