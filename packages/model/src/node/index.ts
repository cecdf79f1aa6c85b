export { downloadModel } from './hub/download-model.js';
export { importModel } from './hub/import-model.js';
export { openShardFeed } from './shard-feed.js';
export { readLlmcTokens, writeLlmcTokens } from './token-shards/llmc-tokens.js';
export { openTokenShards } from './token-shards/open-token-shards.js';
export { writeTokenShards } from './token-shards/write-token-shards.js';
export { exportTorchrun } from './torchrun/export-torchrun.js';
export { importTorchrun } from './torchrun/import-torchrun.js';
export { writeMegatronTokens } from './torchrun/megatron-tokens.js';
