// Real weights for tests and benches, which tooling/oracles/install-smollm2.sh puts into the ignored .peers/models/.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const smolLM2 = 'SmolLM2-135M-Instruct.Q4_1.gguf';
export const gemma3 = 'gemma-3-270m-q4_k_m.gguf';

const install = {
  [smolLM2]: 'bash tooling/oracles/install-smollm2.sh',
  [gemma3]: 'bash tooling/oracles/install-smollm2.sh gemma3',
};

export function realModelPath(file) {
  const path = fileURLToPath(new URL(`../../.peers/models/${file}`, import.meta.url));
  if (existsSync(path)) return path;
  const reason = `the model ${file} is not installed: ${install[file]}`;
  if (process.env.CI && file === smolLM2) throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return undefined;
}
