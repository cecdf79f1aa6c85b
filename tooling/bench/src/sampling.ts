/** How fast a model samples. On a machine shared with others processor time says more than the clock. */
export interface Sampling {
  /** Tokens per second. */
  readonly rate: number;
  /** Milliseconds of processor time per token, over all threads. */
  readonly processorTime: number;
}

/** Both at their best. */
export function better(a: Sampling | undefined, b: Sampling | undefined): Sampling | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { rate: Math.max(a.rate, b.rate), processorTime: Math.min(a.processorTime, b.processorTime) };
}

/** The best of some calls after `warmUp` that are not counted; each returns how many tokens it made. */
export async function measureSampling(
  repeats: number,
  sample: (repeat: number) => Promise<number>,
  warmUp = 1,
): Promise<Sampling> {
  let best: Sampling | undefined;
  for (let repeat = 0; repeat < repeats + warmUp; repeat++) {
    const processor = process.cpuUsage();
    const begun = performance.now();
    const tokens = await sample(repeat);
    const milliseconds = performance.now() - begun;
    const { user, system } = process.cpuUsage(processor);
    const measured = {
      rate: (tokens * 1000) / milliseconds,
      processorTime: (user + system) / 1000 / tokens,
    };
    if (repeat >= warmUp) best = better(best, measured);
  }
  return best!;
}
