export type { ShardFeed, ShardFeedOptions } from './shard-feed.js';
export { openShardFeed } from './shard-feed.js';
export { readLlmcTokens, writeLlmcTokens } from './token-shards/llmc-tokens.js';
export type { TokenShard, TokenShardManifest } from './token-shards/manifest.js';
export type { TokenShards } from './token-shards/open-token-shards.js';
export { openTokenShards } from './token-shards/open-token-shards.js';
export { tokenizerDigest } from './token-shards/tokenizer-digest.js';
export type { WriteTokenShardsOptions } from './token-shards/write-token-shards.js';
export { writeTokenShards } from './token-shards/write-token-shards.js';
