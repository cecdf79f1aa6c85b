// The real llama.cpp for tests and benches: the prebuilt addon of node-llama-cpp, which tooling/oracles/install-llama-cpp.sh puts into
// the ignored .peers folder.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = new URL('../../.peers/llama-cpp/node_modules/node-llama-cpp/', import.meta.url);
const entry = fileURLToPath(new URL('dist/index.js', folder));

export const installLlamaCpp = 'bash tooling/oracles/install-llama-cpp.sh';

export function llamaCppVersion() {
  if (!existsSync(entry)) return undefined;
  return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).version;
}

export function llamaCppMissing() {
  if (existsSync(entry)) return undefined;
  const reason = `llama.cpp is not installed: ${installLlamaCpp}`;
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return reason;
}

let llama;

export async function loadInLlamaCpp(modelPath) {
  const { getLlama } = await import(/* @vite-ignore */ pathToFileURL(entry).href);
  llama ??= getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
  });
  return (await llama).loadModel({ modelPath, gpuLayers: 0 });
}
