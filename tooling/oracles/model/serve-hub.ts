/**
 * Serves a tiny random model as a hub on this machine, for hub_download.py:
 * prints the endpoint, the folder with the files and the repository as one
 * line of JSON, then a second line when our own download into CACHE is done.
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/model/serve-hub.ts CACHE
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '../../../packages/core/src/node/index.js';
import { startHubServer } from '../../../packages/model/src/fixtures/hub-server.js';
import { exportHuggingFace } from '../../../packages/model/src/hugging-face/index.js';
import { createModelConfig, initialParameters } from '../../../packages/model/src/index.js';
import { downloadModel } from '../../../packages/model/src/node/index.js';

const [cacheDirectory = ''] = process.argv.slice(2);
const repository = 'some-owner/tiny-model';
const folder = await mkdtemp(join(tmpdir(), 'llm-hub-files-'));
const store = new DirectoryStore(folder);
const config = createModelConfig({ vocabularySize: 300, contextLength: 32, depth: 2, width: 64 });
await exportHuggingFace(store, '', {
  config,
  parameters: initialParameters(config, 'hub'),
  tokenizerFiles: { 'tokenizer.json': '{"version":"1.0"}', 'tokenizer_config.json': '{}' },
  maximumShardBytes: 200_000,
});
const files = new Map<string, Uint8Array>();
for (const key of await store.list('')) files.set(key, await store.read(key));
const { endpoint } = await startHubServer({ repository, files });
process.stdout.write(`${JSON.stringify({ endpoint, folder, repository })}\n`);
const { directory } = await downloadModel(`hf:${repository}`, { endpoint, cacheDirectory });
process.stdout.write(`${JSON.stringify({ directory })}\n`);
