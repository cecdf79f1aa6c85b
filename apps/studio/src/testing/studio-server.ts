/** A real `llm studio` over a real run, as a process of its own, for tests in a browser. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface StudioServer {
  readonly url: string;
  stop(): Promise<void>;
  /** As a crash or the system's killer ends it. */
  kill(): Promise<void>;
}

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** The run that the tests look at: a finished one, of the smoke preset. */
export function testRun(): string | undefined {
  const given = process.env.LLM_STUDIO_RUN;
  // As it is typed at the root, where npm leaves it for the workspace.
  const directory = given === undefined ? undefined : resolve(repository, given);
  if (directory !== undefined && existsSync(join(directory, 'report.json'))) return directory;
  const message = 'set LLM_STUDIO_RUN to a finished run (npm run pipeline -- --preset smoke --run DIR)';
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`SKIPPED: the studio's rooms in a browser: ${message}\n`);
  return undefined;
}

/** `llm studio` from the sources, with what is given behind it. */
export const studioCommand = (parameters: readonly string[]): string[] => [
  process.execPath,
  ...[
    '--conditions=@llm/source',
    '--import',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  ],
  join(repository, 'apps/pipeline/src/main.ts'),
  ...['studio', ...parameters],
];

export async function startStudio(
  parameters: readonly string[],
  { cwd = repository, port = 0 } = {},
): Promise<StudioServer> {
  const [program, ...own] = studioCommand(['--json', '--port', String(port), ...parameters]);
  const child = spawn(program!, own, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(`llm studio ended before it was ready:\n${said}`);
  const { url } = JSON.parse(line) as { readonly url: string };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return { url, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
