/**
 * Peak resident memory of this process since a point in time. On Linux the kernel keeps the high-water mark
 * (`VmHWM`), which `/proc/self/clear_refs` resets; elsewhere the resident size is sampled.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export interface PeakMemory {
  /** Bytes, since it was begun. */
  peak(): number;
}

export function measurePeakMemory(): PeakMemory {
  if (resetHighWaterMark()) return { peak: () => highWaterMark() ?? process.memoryUsage.rss() };
  let peak = process.memoryUsage.rss();
  const sample = (): number => {
    peak = Math.max(peak, process.memoryUsage.rss());
    return peak;
  };
  setInterval(sample, 200).unref();
  return { peak: sample };
}

function resetHighWaterMark(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return highWaterMark() !== undefined;
  } catch {
    return false;
  }
}

function highWaterMark(): number | undefined {
  try {
    const kibibytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
