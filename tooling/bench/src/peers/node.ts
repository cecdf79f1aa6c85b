/**
 * JavaScript peers live in `.peers/node` (ignored); each
 * runs in a process of its own and ends with a line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../../../../.peers/node/node_modules/', import.meta.url));

/** Absolute path in a peer's package. */
export const peerPath = (path: string): string => modules + path;

/** Its version; undefined when it is not installed. */
export function peerVersion(name: string): string | undefined {
  const manifest = peerPath(`${name}/package.json`);
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Throws with what the peer said when it fails. */
export function runNodePeer<Result>(script: string, ...options: readonly string[]): Result {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const output = execFileSync(process.execPath, ['--max-old-space-size=8192', path, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Result;
}
