// Who is let in, and how.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunCatalog } from '../runs/run-catalog.js';
import { createStudio } from './create-studio.js';
import { tokenCookie } from './token-door.js';

const site = mkdtempSync(join(tmpdir(), 'door-'));
writeFileSync(join(site, 'index.html'), '<!doctype html><title>Studio</title>');
afterAll(() => rmSync(site, { recursive: true }));
const studio = () => createStudio({ catalog: new RunCatalog([], join(site, 'none')), site, token: 's3cret' });
const json = { 'content-type': 'application/json' };

test('the page is everybody’s, the runs are not', async () => {
  const app = studio();
  const status = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await app.request(path, { headers, method })).status;
  for (const path of ['/api', '/api/runs', '/api/runs/x/files/y', '/api/nothing']) {
    expect(await status(path), path).toBe(401);
    expect(await status(path, { authorization: 'Bearer wrong' }), path).toBe(401);
    expect(await status(path, { cookie: `${tokenCookie}=wrong` }), path).toBe(401);
  }
  expect(await status('/api/jobs', json, 'POST')).toBe(401);
  expect(await status('/api/runs', { authorization: 'Bearer s3cret' })).toBe(200);
  expect(await status('/api/runs', { cookie: `a=b; ${tokenCookie}=s3cret` })).toBe(200);
  const refused = await app.request('/api/runs');
  expect(await refused.json()).toMatchObject({ error: { code: 'pipeline/token-required' } });
});

test('the address or the form lets a browser in, by a cookie that no script reads', async () => {
  const app = studio();
  const byAddress = await app.request('/?token=s3cret');
  expect([byAddress.status, byAddress.headers.get('location')]).toEqual([302, './']);
  const cookie = byAddress.headers.get('set-cookie')!;
  expect(cookie).toMatch(/^llm-studio-token=s3cret; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await app.request('/?token=wrong')).headers.get('set-cookie')).toBeNull();
  const send = (token: unknown) =>
    app.request('/api/session', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  expect((await send('s3cret')).headers.get('set-cookie')).toBe(cookie);
  for (const wrong of ['wrong', '', 5, 'ü', 'a\nb']) expect((await send(wrong)).status).toBe(401);
});

test('trying tokens ends soon', async () => {
  const app = studio();
  for (let time = 0; time < 30; time++) await app.request('/?token=wrong');
  const late = await app.request('/?token=s3cret');
  expect(late.headers.get('set-cookie')).toBeNull();
});
