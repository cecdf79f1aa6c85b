import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createServer, type ServerOptions } from './create-server.js';
import { end, scriptedAssistant } from './fixtures/scripted-assistant.js';

const assistant = scriptedAssistant(() => [{ type: 'text', text: 'Hi' }, end]);

function appWith(options: Omit<ServerOptions, 'assistants'> = {}) {
  return createServer({ assistants: [assistant], ...options }).app;
}

const body = JSON.stringify({ model: 'scripted', messages: [{ role: 'user', content: 'x' }] });
const post = { method: 'POST', body, headers: { 'content-type': 'application/json' } };

test('without a token only loopback hosts and allowed ones are answered', async () => {
  const app = appWith({ allowedHosts: ['box.lan'] });
  const hosts = [
    'localhost:8080',
    '127.0.0.1',
    '127.1.2.3',
    '[::1]:9',
    'a.localhost',
    'box.lan',
    '2130706433',
  ];
  for (const host of hosts) expect((await app.request(`http://${host}/v1/models`)).status, host).toBe(200);
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    'xbox.lan',
    '127.0.0.1.evil.example',
  ]) {
    const response = await app.request(`http://${host}/v1/models`);
    expect(response.status, host).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: 'host_not_allowed' } });
  }
});

test('with a token every host is answered, and nothing but /health without it', async () => {
  const app = appWith({ token: 'secret' });
  const status = async (path: string, authorization?: string): Promise<number> =>
    (await app.request(`http://example.com${path}`, { headers: authorization ? { authorization } : {} }))
      .status;
  expect(await status('/health')).toBe(200);
  for (const path of ['/v1/models', '/v1/models/x', '/v1/completions', '/metrics']) {
    expect(await status(path), path).toBe(401);
    expect(await status(path, 'Bearer wrong'), path).toBe(401);
    expect(await status(path, 'Bearer secre'), path).toBe(401);
  }
  expect(await status('/v1/models', 'Bearer secret')).toBe(200);
  expect(await status('/metrics', 'Bearer secret')).toBe(200);
  const refused = await app.request('/v1/models');
  expect(await refused.json()).toMatchObject({
    error: { type: 'authentication_error', code: 'invalid_api_key' },
  });
});

test('a cookie may carry the token where one was named, for the API alone', async () => {
  const status = async (app: Hono, path: string, cookie: string): Promise<number> =>
    (await app.request(path, { headers: { cookie } })).status;
  const named = appWith({ token: 'secret', tokenCookie: 'door' });
  expect(await status(named, '/v1/models', 'other=1; door=secret')).toBe(200);
  expect(await status(named, '/v1/models', 'door=secre')).toBe(401);
  expect(await status(named, '/v1/models', 'xdoor=secret')).toBe(401);
  expect(await status(named, '/metrics', 'door=secret')).toBe(401);
  expect(await status(appWith({ token: 'secret' }), '/v1/models', 'door=secret')).toBe(401);
});

test('no page of another site may call, unless its origin is allowed', async () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  };
  const closed = await appWith().request('/v1/chat/completions', preflight);
  expect(closed.headers.get('access-control-allow-origin')).toBeNull();
  // What a browser sends without asking first is not taken.
  const simple = await appWith().request('/v1/chat/completions', { method: 'POST', body });
  expect(simple.status).toBe(415);

  const open = appWith({ token: 'secret', allowedOrigins: ['https://app.example'] });
  const allowed = await open.request('/v1/chat/completions', preflight);
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/);
  const other = { ...preflight, headers: { ...preflight.headers, origin: 'https://evil.example' } };
  expect((await open.request('/v1/models', other)).headers.get('access-control-allow-origin')).toBeNull();
  // A refusal is readable too.
  const refused = await open.request('/v1/models', { headers: { origin: 'https://app.example' } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
});

test('health, metrics, and addresses that are none', async () => {
  const app = appWith();
  expect(await (await app.request('/health')).json()).toEqual({ status: 'ok' });
  expect((await app.request('/v1/chat/completions', post)).status).toBe(200);
  const unknown = await app.request('/v1/embeddings', post);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { code: 'unknown_url' } });
  const text = await (await app.request('/metrics')).text();
  expect(text).toContain('llm_requests_total{route="/v1/chat/completions",status="200"} 1\n');
  expect(text).toContain('llm_requests_total{route="other",status="404"} 1\n');
  expect(text).toContain('llm_prompt_tokens_total{model="scripted"} 5\n');
  expect(text).toContain('llm_completion_tokens_total{model="scripted"} 3\n');
  expect(text).toContain('llm_time_to_first_token_seconds_bucket{model="scripted",le="+Inf"} 1\n');
  // The format's own rules: every sample has its family declared before it.
  const declared = new Set<string>();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) declared.add(type[1]!);
    else if (!line.startsWith('# HELP ')) {
      const sample = /^(\w+?)(_bucket|_sum|_count)?(\{(\w+="[^"]*",?)+\})? [\d.e+-]+$/.exec(line);
      expect(sample, line).not.toBeNull();
      expect(declared.has(sample![1]!), line).toBe(true);
    }
  }
});

test('a server that cannot be is refused', () => {
  const make = (options: Partial<ServerOptions>) => () =>
    createServer({ assistants: [assistant], ...options });
  for (const options of [
    { assistants: [] },
    { assistants: [assistant, assistant] },
    { token: '' },
    { token: 'ä' },
  ])
    expect(make(options), JSON.stringify(options.token)).toThrow(
      expect.objectContaining({ code: 'assistant/server-options' }),
    );
  expect(make({ limits: { active: 0 } })).toThrow(expect.objectContaining({ code: 'core/option-invalid' }));
});

test('pages beside the API are answered where it is, to the same hosts, with or without a model', async () => {
  const pages = new Hono().get('/page', (context) => context.text('page'));
  const { app } = createServer({ assistants: [], pages });
  expect(await (await app.request('http://localhost/page')).text()).toBe('page');
  expect((await app.request('http://evil.example/page')).status).toBe(403);
  expect((await app.request('http://localhost/nowhere')).status).toBe(404);
  expect(await (await app.request('http://localhost/v1/models')).json()).toMatchObject({ data: [] });
  expect(() => createServer({ assistants: [] })).toThrow('needs an assistant');
});
