import { expect, test } from 'vitest';
import { readJson } from './read-json.js';

function sent(body: BodyInit, headers: Record<string, string> = {}): Request {
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
  return new Request('http://localhost/', { ...init, duplex: 'half' } as RequestInit);
}

test('JSON up to the limit is read, with any number of pieces', async () => {
  const text = JSON.stringify({ a: 'é'.repeat(1000) });
  const pieces = new TextEncoder().encode(text);
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < pieces.length; at += 7) controller.enqueue(pieces.slice(at, at + 7));
      controller.close();
    },
  });
  expect(await readJson(sent(stream), pieces.length)).toEqual(JSON.parse(text));
  expect(await readJson(sent('[1]', { 'content-type': 'Application/JSON; charset=utf-8' }), 3)).toEqual([1]);
});

test('a body larger than the limit is not read on', async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await expect(readJson(sent(endless), 10_000)).rejects.toMatchObject({ status: 413 });
  expect(pulled).toBeLessThan(20);
  await expect(readJson(sent('{}', { 'content-length': '104857600' }), 10_000)).rejects.toMatchObject({
    status: 413,
  });
});

test('what is no JSON, no UTF-8, too deep, or of another type is refused', async () => {
  const cases: readonly [Request, number][] = [
    [sent(''), 400],
    [sent('{"a":'), 400],
    [sent(new Uint8Array([0x22, 0xff, 0x22])), 400],
    [sent('['.repeat(200) + ']'.repeat(200)), 400],
    [sent('['.repeat(1_000_000)), 400],
    [sent('{}', { 'content-type': 'text/plain' }), 415],
    [sent('{}', { 'content-type': 'application/jsonx' }), 415],
  ];
  for (const [request, status] of cases)
    await expect(readJson(request, 2 ** 23)).rejects.toMatchObject({ status });
  const brackets = `["${'['.repeat(500)}","\\"${'{'.repeat(500)}"]`;
  expect(await readJson(sent(brackets), 2 ** 23)).toEqual(JSON.parse(brackets));
});
