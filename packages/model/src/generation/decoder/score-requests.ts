/** What is asked of the rows of a batch, as inputs and outputs of the decode graph. */
import type { HostTensor } from '@llm/graph';
import { float32, int32 } from '../../architecture/host-tensors.js';
import type { RowRequest, RowScores } from './decoder.js';

export type ScoreName = 'logits' | 'logSum' | 'sampled' | 'sampledLogProbability';

export const scoreNames: readonly ScoreName[] = ['logits', 'logSum', 'sampled', 'sampledLogProbability'];

type Requests = readonly (RowRequest | undefined)[];

/** Outputs that the requests need. */
export function scoresNeeded(requests: Requests): ScoreName[] {
  return [
    ...(requests.some((request) => request?.logits) ? (['logits', 'logSum'] as const) : []),
    ...(requests.some((request) => request?.draw) ? (['sampled', 'sampledLogProbability'] as const) : []),
  ];
}

/** What the graph needs to sample, and whose logits it returns. */
export function scoreFeeds(requests: Requests): Record<string, HostTensor> {
  const rows = requests.length;
  const shape = [rows, 1];
  const scored = rowsWithLogits(requests);
  return {
    inverseTemperature: float32(
      Float32Array.from(requests, (request) => 1 / (request?.draw?.temperature ?? 1)),
      shape,
    ),
    uniform: float32(
      Float32Array.from(requests, (request) => request?.draw?.uniform ?? 0),
      shape,
    ),
    drawable: int32(
      Int32Array.from(requests, (request) => request?.draw?.drawable ?? 1),
      shape,
    ),
    // A device has no tensors without elements.
    scored: int32(Int32Array.from(scored.length === 0 ? [0] : scored)),
  };
}

/** `outputs` as they came for `scoreFeeds(requests)`. */
export function rowScores(
  outputs: { readonly [Name in ScoreName]?: HostTensor | undefined },
  requests: Requests,
): RowScores[] {
  const { logits, logSum, sampled, sampledLogProbability } = outputs;
  const scored = rowsWithLogits(requests);
  const size = (logits?.data.length ?? 0) / scored.length;
  const at = new Map(scored.map((row, index) => [row, index * size]));
  return requests.map((request, row) => {
    const start = at.get(row);
    return {
      logits: start === undefined ? undefined : (logits!.data as Float32Array).subarray(start, start + size),
      logSum: start === undefined ? undefined : Number(logSum!.data[row]),
      sampled: request?.draw && Number(sampled!.data[row]),
      sampledLogProbability: request?.draw && Number(sampledLogProbability!.data[row]),
    };
  });
}

function rowsWithLogits(requests: Requests): number[] {
  return requests.flatMap((request, row) => (request?.logits ? [row] : []));
}
