// The server on sockets that do what clients should not.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { AnswerPart } from '../../assistant.js';
import { end, scriptedAssistant } from '../fixtures/scripted-assistant.js';
import { type ListeningServer, type ServeOptions, serve } from './serve.js';

const servers: ListeningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Writes a word every few milliseconds, without end, until it is stopped. */
function endless() {
  const state = { running: 0, written: 0 };
  const assistant = scriptedAssistant(async function* (
    _,
    { signal },
  ): AsyncGenerator<AnswerPart, void, undefined> {
    state.running++;
    try {
      for (;;) {
        signal?.throwIfAborted();
        state.written++;
        yield { type: 'text', text: 'word ' };
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    } finally {
      state.running--;
    }
  }, 'endless');
  return { state, assistant };
}

const brief = scriptedAssistant(() => [{ type: 'text', text: 'Hi' }, end], 'brief');

async function start(options: Partial<ServeOptions> = {}): Promise<ListeningServer> {
  const server = await serve({ assistants: [brief], port: 0, ...options });
  servers.push(server);
  return server;
}

function ask(
  server: ListeningServer,
  model: string,
  more: object = {},
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }], ...more }),
    ...init,
  });
}

function requestText(body: string, headers = ''): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

const briefBody = JSON.stringify({ model: 'brief', messages: [{ role: 'user', content: 'x' }] });

async function open(server: ListeningServer): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, received: () => text };
}

async function closed(socket: Socket): Promise<void> {
  // Not `once`, which a reset rejects.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('wider than this machine only with a token', async () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com'])
    await expect(serve({ assistants: [brief], host, port: 0 })).rejects.toMatchObject({
      code: 'assistant/token-required',
    });
  const server = await start({ host: '0.0.0.0', token: 'secret' });
  expect((await fetch(`http://127.0.0.1:${server.port}/v1/models`)).status).toBe(401);
});

test('a port that is taken is said to be', async () => {
  const server = await start();
  await expect(serve({ assistants: [brief], port: server.port })).rejects.toMatchObject({
    code: 'assistant/cannot-listen',
  });
});

test('10,000 headers are refused, and the server goes on', async () => {
  const server = await start();
  const headers = Array.from({ length: 10_000 }, (_, i) => `X-Header-${i}: ${i}\r\n`).join('');
  const { socket, received } = await open(server);
  socket.write(requestText(briefBody, headers));
  await closed(socket);
  // Where the connection is reset while headers are still on their way, the answer is lost with it.
  expect(received()).toMatch(/^(HTTP\/1\.1 431 |$)/);
  expect((await ask(server, 'brief')).status).toBe(200);
});

test.each(['Content-Length: 104857600', 'Transfer-Encoding: chunked'])(
  'a body of 100 MB (%s) is refused before it is sent',
  async (header) => {
    const server = await start();
    const { socket, received } = await open(server);
    const head = `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${header}\r\n\r\n`;
    socket.write(head);
    const piece = Buffer.alloc(2 ** 20, 0x20);
    let sent = 0;
    while (sent < 100 && !socket.destroyed && received() === '') {
      if (header.startsWith('Transfer')) socket.write(`${piece.length.toString(16)}\r\n`);
      socket.write(piece);
      await until(() => socket.writableLength === 0 || socket.destroyed);
      if (header.startsWith('Transfer')) socket.write('\r\n');
      sent++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => received() !== '' || socket.destroyed);
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    expect(received()).toContain('body_too_large');
    // 8 MiB are allowed; what the operating system holds of the rest is on its way.
    expect(sent).toBeLessThan(60);
    await closed(socket);
    expect((await ask(server, 'brief')).status).toBe(200);
  },
);

test('what is no HTTP, and requests that never end, disturb nobody', async () => {
  const server = await start();
  const noise = await open(server);
  noise.socket.write('\x16\x03\x01 hello\r\n\r\n');
  await closed(noise.socket);
  expect(noise.received()).toMatch(/^HTTP\/1\.1 400 /);
  const half = await open(server);
  half.socket.write(requestText(briefBody).slice(0, -10));
  expect((await ask(server, 'brief')).status).toBe(200);
  half.socket.destroy();
  const { socket, received } = await open(server);
  socket.write(requestText('{"model":'));
  await until(() => received().includes('malformed_body'));
  socket.write(requestText(briefBody));
  await until(() => received().includes('"Hi"'));
  socket.destroy();
});

test('a client that leaves, or closes its half of the connection, frees its place', async () => {
  const printed = vi.spyOn(console, 'error');
  const { state, assistant } = endless();
  const server = await start({ assistants: [assistant] });
  const body = JSON.stringify({ model: 'endless', stream: true, messages: [{ role: 'user', content: 'x' }] });
  for (const leave of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end()]) {
    const { socket, received } = await open(server);
    socket.write(requestText(body));
    await until(() => received().includes('word'));
    expect(state.running).toBe(1);
    leave(socket);
    await until(() => state.running === 0);
  }
  // Whole answers too.
  const { socket } = await open(server);
  socket.write(requestText(body.replace('true', 'false')));
  await until(() => state.running === 1);
  socket.destroy();
  await until(() => state.running === 0);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('llm_answers_total{model="endless",reason="aborted"} 3\n');
  expect(metrics).toContain('llm_active_answers 0\n');
  expect(printed).not.toHaveBeenCalled();
});

test('who waits and leaves is forgotten, and a full queue is told to try later', async () => {
  const { state, assistant } = endless();
  const server = await start({ assistants: [assistant], limits: { active: 1, waiting: 1 } });
  const first = new AbortController();
  const waits = new AbortController();
  await ask(server, 'endless', { stream: true }, { signal: first.signal });
  const waiting = ask(server, 'endless', {}, { signal: waits.signal });
  const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
  while (!(await metrics()).includes('llm_waiting_requests 1'))
    await new Promise((resolve) => setTimeout(resolve, 5));
  const refused = await ask(server, 'endless');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'queue_full' } });
  waits.abort();
  await expect(waiting).rejects.toThrow();
  while (!(await metrics()).includes('llm_waiting_requests 0'))
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(state.running).toBe(1);
  first.abort();
  await until(() => state.running === 0);
});

test('a request that takes too long is ended, whole or streamed', async () => {
  const { state, assistant } = endless();
  const server = await start({ assistants: [assistant], limits: { requestSeconds: 0.2 } });
  const whole = await ask(server, 'endless');
  expect(whole.status).toBe(504);
  const text = await (await ask(server, 'endless', { stream: true })).text();
  expect(text).toContain('"code":"timeout"');
  expect(text).not.toContain('[DONE]');
  expect(state.running).toBe(0);
});

test('stopping lets running answers end, refuses new ones, and frees the port', async () => {
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const assistant = scriptedAssistant(async function* () {
    yield { type: 'text', text: 'a' };
    await finished;
    yield { type: 'text', text: 'b' };
    yield end;
  }, 'held');
  const server = await start({ assistants: [assistant], stopOn: ['SIGUSR2'] });
  const kept = await open(server);
  const running = await ask(server, 'held', { stream: true });
  kept.socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /he');
  await until(() => kept.received().includes('"ok"'));
  process.kill(process.pid, 'SIGUSR2');
  await until(() => process.listenerCount('SIGUSR2') === 0);
  kept.socket.write('alth HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await until(() => kept.received().includes('"stopping"'));
  await expect(ask(server, 'held')).rejects.toThrow();
  finish();
  expect((await running.text()).match(/"content":"[ab]"/g)).toEqual(['"content":"a"', '"content":"b"']);
  await server.stopped;
  const again = await serve({ assistants: [assistant], port: server.port });
  await again.stop();
});

test('answers that do not end in time are ended when the server stops', async () => {
  const { state, assistant } = endless();
  const server = await start({ assistants: [assistant], graceSeconds: 0.1 });
  const running = await ask(server, 'endless', { stream: true });
  const text = running.text();
  await server.stop();
  expect(state.running).toBe(0);
  expect(await text).toContain('"code":"stopping"');
});
