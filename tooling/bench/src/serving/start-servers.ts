/** Servers in processes of their own: ours, and llama.cpp's where it is built. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServedMessage, ServedOptions } from './served-process.js';

export interface RunningServer {
  /** What its model is asked for by. */
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

export interface OurServer extends RunningServer {
  memory(): Promise<Extract<ServedMessage, { residentMegabytes: number }>>;
}

export async function startOurs(options: ServedOptions): Promise<OurServer> {
  const script = fileURLToPath(new URL('./served-process.ts', import.meta.url));
  const child = fork(script, [JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--conditions=@llm/source', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answer = async (): Promise<ServedMessage> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('The server ended before it answered.'))),
    ]);
    return message as ServedMessage;
  };
  const ready = await answer();
  if (!('url' in ready)) throw new Error('The server did not say where it is.');
  return {
    ...ready,
    async memory() {
      child.send('memory');
      const told = await answer();
      if ('url' in told) throw new Error('The server did not tell its memory.');
      return told;
    },
    stop: () => end(child),
  };
}

/** Built from llama.cpp's sources; LLAMA_SERVER names another place. */
const llamaServer =
  process.env.LLAMA_SERVER ??
  fileURLToPath(new URL('../../../../.peers/llama.cpp/build/bin/llama-server', import.meta.url));

export const llamaServerMissing = 'build llama.cpp in .peers/llama.cpp, or set LLAMA_SERVER';

export async function startLlama(
  file: string,
  { threads, active }: Pick<ServedOptions, 'threads' | 'active'>,
): Promise<RunningServer | undefined> {
  if (!existsSync(llamaServer)) return undefined;
  const port = await freePort();
  const options = {
    '--model': file,
    '--port': port,
    '--threads': threads,
    '--threads-batch': threads,
    '--parallel': active,
    // Shared by the slots.
    '--ctx-size': 512 * active,
  };
  const child = spawn(
    llamaServer,
    Object.entries(options).flatMap(([name, value]) => [name, String(value)]),
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok) return { name: 'llama', url, stop: () => end(child) };
    if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
