/** One measured comparison: ours and a peer, in one run on one machine. */
export interface BenchRow {
  readonly suite: string;
  /** What was measured, with versions, threads and sizes. */
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peerName: string;
  /** null when the peer is not installed; `note` then says how to install it. */
  readonly peer: number | null;
  /** ours ÷ peer; null without a peer. */
  readonly ratio: number | null;
  readonly higherIsBetter: boolean;
  readonly note?: string | undefined;
}

/** Fills in the ratio. */
export function benchRow(row: Omit<BenchRow, 'ratio'>): BenchRow {
  return { ...row, ratio: row.peer === null || row.peer === 0 ? null : row.ours / row.peer };
}

/** Median of the seconds that `repeats` calls took, after one call that is not counted. */
export async function medianSeconds(repeats: number, work: () => unknown): Promise<number> {
  await work();
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(repeats / 2)]!;
}
