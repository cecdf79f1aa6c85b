// The studio's API over run directories as processes leave them.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CurveColumns } from '@llm/core';
import { isLoggedEvent, RunView, type ViewMessage } from '@llm/studio/wire';
import type { Hono } from 'hono';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { RunCatalog } from '../runs/run-catalog.js';
import { createStudio } from './create-studio.js';

const root = mkdtempSync(join(tmpdir(), 'studio-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
let directory: string;
let app: Hono;
let url: string;

const line = (event: object): string => `${JSON.stringify(event)}\n`;
const metric = (step: number): string =>
  line({ type: 'metric', at: 'pretrain', stage: 'pretrain', time: step, step, values: { loss: 10 / step } });
const start = line({ type: 'session-start', time: 0, command: 'llm run' });

beforeEach(() => {
  const name = `run-${++count}`;
  directory = join(root, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ options: { preset: 'smoke' } }));
  app = createStudio({ catalog: new RunCatalog([directory], join(root, 'none')) });
  url = `/api/runs/${name}`;
});

const log = (text: string): void => appendFileSync(join(directory, 'events.jsonl'), text);

async function view(): Promise<RunView> {
  const response = await app.request(`${url}/view`);
  return RunView.fromJSON(((await response.json()) as ViewMessage).view);
}

interface Sent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Events of the stream, until it has sent so many; then it is left. */
async function* stream(after?: string): AsyncGenerator<Sent> {
  const left = new AbortController();
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after };
  const { body } = await app.request(`${url}/events`, { headers, signal: left.signal });
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((each) => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1).trim()]),
        );
        text = text.slice(end + 2);
        if (fields.has('event'))
          yield { event: fields.get('event')!, id: fields.get('id')!, data: JSON.parse(fields.get('data')!) };
      }
    }
  } finally {
    left.abort();
    await reader.cancel();
  }
}

const next = async (messages: AsyncGenerator<Sent>): Promise<Sent> => (await messages.next()).value as Sent;

describe('the events of a run', () => {
  test('a process that was killed left half a line: the rest is there, and the line when it is whole', async () => {
    log(start + metric(1) + metric(2).slice(0, -20));
    expect((await view()).stages.get('pretrain')!.lastStep).toBe(1);
    log(metric(2).slice(-20));
    expect((await view()).stages.get('pretrain')!.lastStep).toBe(2);
    // The next writer begins a new line after the half one.
    log(`${metric(3).slice(0, 30)}\n${metric(4)}`);
    expect((await view()).stages.get('pretrain')!.curves.get('loss')!.toJSON().step).toEqual([1, 2, 4]);
  });

  test('the stream gives a view, then what is written, and goes on after the last id', async () => {
    log(start + metric(1));
    const messages = stream();
    const first = await next(messages);
    expect(first).toMatchObject({ event: 'view', data: { read: 1, view: { events: 2 } } });
    log(metric(2) + metric(3));
    const second = await next(messages);
    expect(second).toMatchObject({ event: 'events', data: [{ step: 2 }, { step: 3 }] });
    await messages.return(undefined);
    log(metric(4));
    const resumed = stream(second.id);
    expect(await next(resumed)).toMatchObject({ event: 'events', data: [{ step: 4 }] });
    await resumed.return(undefined);
    const all = stream(first.id);
    expect(await next(all)).toMatchObject({ data: [{ step: 2 }, { step: 3 }, { step: 4 }] });
    await all.return(undefined);
  });

  test('a run made anew in the same directory, or an id of another, gets a view', async () => {
    log(start + metric(1) + metric(2));
    const messages = stream();
    const { id } = await next(messages);
    writeFileSync(join(directory, 'events.jsonl'), line({ type: 'session-start', time: 9, command: 'x' }));
    expect(await next(messages)).toMatchObject({ event: 'view', data: { view: { events: 1 } } });
    await messages.return(undefined);
    for (const stale of [id, 'nonsense', '-1', `${id}0000`]) {
      const again = stream(stale);
      expect(await next(again)).toMatchObject({ event: 'view', data: { view: { events: 1 } } });
      await again.return(undefined);
    }
  });

  test('no log, a folder in its place and lines that are none of ours are no error', async () => {
    expect((await view()).events).toBe(0);
    log(`\u0000\u0001\n[1,2]\n"x"\n${'{"a":'.repeat(50_000)}\n${'x'.repeat(17 * 2 ** 20)}\n${metric(1)}`);
    expect((await view()).events).toBe(1);
    rmSync(join(directory, 'events.jsonl'));
    mkdirSync(join(directory, 'events.jsonl'));
    expect((await view()).events).toBe(0);
  });

  test('a long log is shown from samples at once, then whole', async () => {
    const lines = [start];
    for (let step = 1; step <= 300_000; step++) lines.push(metric(step));
    log(lines.join(''));
    const messages = stream();
    const first = (await next(messages)).data as ViewMessage;
    expect(first.read).toBeGreaterThan(0);
    expect(first.read).toBeLessThan(0.7);
    const sampled = RunView.fromJSON(first.view).stages.get('pretrain')!.curves.get('loss')!.toJSON();
    expect([sampled.step[0]! < 3000, sampled.step.at(-1)]).toEqual([true, 300_000]);
    const whole = (await next(messages)).data as ViewMessage;
    expect(whole).toMatchObject({ read: 1, view: { events: 300_001 } });
    expect(whole.view.stages.pretrain!.curves.loss!.points).toBe(300_000);
    await messages.return(undefined);
  });
});

describe('the files of a run', () => {
  const get = (key: string, range?: string): Response | Promise<Response> =>
    app.request(`${url}/files/${key}`, range === undefined ? {} : { headers: { range } });

  test('whole, and by ranges as RFC 9110 has them', async () => {
    writeFileSync(join(directory, 'page.html'), '0123456789');
    const whole = await get('page.html');
    expect(await whole.text()).toBe('0123456789');
    expect(whole.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(whole.headers.get('content-security-policy')).toContain('sandbox');
    const answers: [string, number, string, string | null][] = [
      ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
      ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
      ['bytes=7-', 206, '789', 'bytes 7-9/10'],
      ['bytes=-3', 206, '789', 'bytes 7-9/10'],
      ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
      ['bytes=8-100', 206, '89', 'bytes 8-9/10'],
      ['bytes=10-', 416, '', 'bytes */10'],
      ['bytes=-0', 416, '', 'bytes */10'],
      ['bytes=5-2', 200, '0123456789', null],
      ['bytes=0-1,4-5', 200, '0123456789', null],
      ['lines=1-2', 200, '0123456789', null],
    ];
    for (const [range, status, text, contentRange] of answers) {
      const response = await get('page.html', range);
      expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
        status,
        text,
        contentRange,
      ]);
    }
    writeFileSync(join(directory, 'empty.txt'), '');
    expect(await (await get('empty.txt')).text()).toBe('');
  });

  test('nothing outside the run directory', async () => {
    writeFileSync(join(root, 'secret.txt'), 'secret');
    symlinkSync(join(root, 'secret.txt'), join(directory, 'link.txt'));
    symlinkSync(root, join(directory, 'up'));
    const outside = [
      '..%2fsecret.txt',
      '%2e%2e/secret.txt',
      'link.txt',
      'up/secret.txt',
      'a%00b',
      'missing',
      '.',
    ];
    for (const key of outside) {
      const response = await get(key);
      expect([key, response.status >= 400]).toEqual([key, true]);
      expect(await response.text()).not.toContain('"secret"');
    }
  });
});

test('what a page of another origin asks is refused where it would change something', async () => {
  const ask = (headers: Record<string, string>): Response | Promise<Response> =>
    app.request('http://localhost/api/runs', { method: 'POST', headers });
  expect((await ask({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await ask({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await ask({ origin: 'http://localhost' })).status).toBe(404);
});

test('every route is described, to people and to programs', async () => {
  const { routes } = (await (await app.request('/api')).json()) as {
    routes: { path: string; about: string }[];
  };
  expect(routes.map(({ path }) => path)).toContain('/api/runs/:id/events');
  const page = await (await app.request('/api', { headers: { accept: 'text/html' } })).text();
  for (const { path, about } of routes) {
    expect(page).toContain(path);
    expect(about.length).toBeGreaterThan(20);
  }
});

test('a run that is not here is 404 with a code', async () => {
  const response = await app.request('/api/runs/..%2fx');
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { error: { code: 'pipeline/run-unknown' } },
  ]);
  expect(isLoggedEvent(null)).toBe(false);
});

test('the curves of a zoomed range are those of its steps alone, of the last attempt', async () => {
  const at = { at: 'pretrain', stage: 'pretrain', time: 0 };
  log(start + line({ type: 'stage-start', ...at, resumed: false }) + metric(1) + metric(2));
  log(line({ type: 'stage-start', ...at, resumed: false }));
  log(Array.from({ length: 5000 }, (_, i) => metric(i + 1)).join(''));
  const view = (await (await app.request(`${url}/view`)).json()) as ViewMessage;
  expect(view.view.stages.pretrain!.curves.loss!.pointsPerBucket).toBe(8);
  const range = await app.request(`${url}/curves?stage=pretrain&from=100&to=299`);
  const { loss } = (await range.json()) as Record<string, CurveColumns>;
  expect(loss).toMatchObject({ points: 200, pointsPerBucket: 1, notNumbers: 0 });
  expect(loss!.step).toEqual(Array.from({ length: 200 }, (_, i) => 100 + i));
  expect(loss!.mean[0]).toBeCloseTo(0.1, 12);
  expect(await (await app.request(`${url}/curves?stage=sft&from=1&to=9`)).json()).toEqual({});
  for (const query of ['', 'from=1', 'from=9&to=1', 'from=a&to=b'])
    expect((await app.request(`${url}/curves?stage=pretrain&${query}`)).status).toBe(400);
});
