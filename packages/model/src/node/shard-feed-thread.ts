/** The thread behind `openShardFeed`: opens the shards, then makes as many batches as it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import { PackedBatchFeed } from '../feed/batch-feed.js';
import type { ShardFeedReply, ShardFeedTask } from './shard-feed-protocol.js';
import { openTokenShards } from './token-shards/open-token-shards.js';

const send = (reply: ShardFeedReply, transferred: ArrayBuffer[] = []): void =>
  parentPort!.postMessage(reply, transferred);

try {
  const { directory, options, position } = workerData as ShardFeedTask;
  const feed = new PackedBatchFeed(await openTokenShards(directory), options, position);
  send({ kind: 'open', position: feed.position });
  parentPort!.on('message', (count: number) => {
    try {
      for (let i = 0; i < count; i++) {
        const given = feed.read();
        const { inputs, targets, weights, segments } = given.batch;
        const arrays = [inputs, targets, weights, ...(segments ? [segments] : [])];
        send(
          { kind: 'batch', given, position: feed.position },
          arrays.map(({ buffer }) => buffer as ArrayBuffer),
        );
      }
    } catch (error) {
      fail(error);
    }
  });
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  const { code, details } = LlmError.isInstance(error) ? error : { code: 'model/feed-failed', details: {} };
  send({
    kind: 'error',
    error: { code, message: error instanceof Error ? error.message : String(error), details },
  });
}
