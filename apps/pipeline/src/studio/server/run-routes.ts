/** What there is of the runs: the list, one run, its files, its events. */
import { LlmError } from '@llm/core';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { RunCatalog } from '../runs/run-catalog.js';
import type { ApiRoute } from './api-route.js';
import { serveFile } from './serve-file.js';

/** A comment now and then keeps proxies from closing a silent stream, and tells a dead connection. */
const heartbeatMilliseconds = 15_000;

export function runRoutes(catalog: RunCatalog): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/runs',
      about: 'The runs, the newest first: id, path, state (running, stopped, complete), stages.',
      answer: (context) => context.json(catalog.list()),
    },
    {
      method: 'GET',
      path: '/runs/:id',
      about:
        'One run: beside that its options (config.json), its report (report.json, or null) and its files.',
      answer: (context) => context.json(catalog.details(context.req.param('id')!)),
    },
    {
      method: 'GET',
      path: '/runs/:id/view',
      about:
        'What the events of the run amount to: stages, curves in at most 1,024 buckets (least, most, mean), samples, warnings, artifacts. The data of the stream’s first event.',
      answer: async (context) => {
        const { log } = catalog.find(context.req.param('id')!);
        const view = await log.current();
        return context.json({ view: view.toJSON(), read: log.read });
      },
    },
    {
      method: 'GET',
      path: '/runs/:id/curves',
      about:
        'The curves of one stage between two steps, by metric, in at most 1,024 buckets each: finer than the view’s.',
      takes: { stage: 'its name', 'from, to': 'steps, inclusive' },
      answer: async (context) => {
        const { log } = catalog.find(context.req.param('id')!);
        const [from, to] = ['from', 'to'].map((name) => Number(context.req.query(name) ?? Number.NaN));
        if (!(from! <= to!))
          throw new LlmError({
            code: 'pipeline/range-invalid',
            message: 'Say which steps: from and to are numbers, and from is not above to.',
          });
        return context.json(await log.curves(context.req.query('stage') ?? '', from!, to!));
      },
    },
    {
      method: 'GET',
      path: '/runs/:id/events',
      about:
        'Server-sent events. `view` ({view, read}) replaces all that was known; read below 1: from samples of a long log, the whole follows. `events`: a list of lines of events.jsonl.',
      takes: {
        'Last-Event-ID': 'header: the id of the last event received; what followed it is sent',
        after: 'the same, for who cannot set headers',
      },
      answer: (context) => eventStream(context, catalog),
    },
    {
      method: 'GET',
      path: '/runs/:id/files/:key{.+}',
      about: 'A file of the run directory.',
      takes: { Range: 'header: bytes=first-last, first- or -length' },
      answer: (context) => {
        const { directory } = catalog.find(context.req.param('id')!);
        return serveFile(directory, context.req.param('key')!, context.req.header('range'));
      },
    },
  ];
}

function eventStream(context: Context, catalog: RunCatalog): Response {
  const { log } = catalog.find(context.req.param('id')!);
  const lastId = context.req.header('last-event-id') ?? context.req.query('after');
  // Proxies that collect an answer before they pass it on.
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const heartbeat = setInterval(() => void stream.write(': \n\n'), heartbeatMilliseconds);
    try {
      for await (const { id, event, data } of log.messages(lastId, gone.signal)) {
        await stream.writeSSE({ id, event, data: JSON.stringify(data) });
        if (stream.aborted) break;
      }
    } finally {
      clearInterval(heartbeat);
    }
  });
}
