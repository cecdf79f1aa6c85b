/**
 * What a server holds after so many requests, of which kind it is, with a tiny model:
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/assistant/server-memory.ts [REQUESTS]
 *
 * Prints MB every tenth of the way: resident, of it anonymous; JavaScript's heap after a collection, and
 * memory outside it. What grows resident and in neither of the others is the allocator's. Run it with
 * MALLOC_ARENA_MAX=1 to see its arenas' part.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from '@llm/assistant/server/node';
import { tinyAssistant } from '../../../packages/assistant/src/server/fixtures/tiny-assistant.js';

const atOnce = 8;

if (process.send === undefined) {
  const requests = Number(process.argv[2] ?? 10_000);
  const node = ['--expose-gc', '--conditions=@llm/source', '--import', 'tsx', fileURLToPath(import.meta.url)];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const heard = (): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve) => child.once('message', resolve));
  const { url } = await heard();
  const ask = async (i: number): Promise<void> => {
    const body = { model: 'tiny', prompt: `ab${i}`, max_tokens: 4, stream: i % 2 === 0 };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
  };
  for (let tenth = 0; tenth <= 10; tenth++) {
    if (tenth > 0)
      for (let i = 0; i < requests / 10; i += atOnce)
        await Promise.all(Array.from({ length: atOnce }, (_, j) => ask(i + j)));
    child.send('look');
    process.stdout.write(`${(tenth * requests) / 10}: ${JSON.stringify(await heard())}\n`);
  }
  child.kill();
} else {
  const assistant = await tinyAssistant();
  const server = await serve({ assistants: [assistant], port: 0 });
  process.on('message', () => {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const anonymous = /RssAnon:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    const megabytes = Object.entries({ rss, anonymous: Number(anonymous) * 1024, heapUsed, external });
    process.send!(Object.fromEntries(megabytes.map(([name, bytes]) => [name, Math.round(bytes / 1e5) / 10])));
  });
  process.send({ url: server.url });
}
