/**
 * What a stretch of work cost: time on the clock, memory, processor time of this process, and processor time
 * that everything else on the machine took from the same processors meanwhile. On Linux the kernel's counters
 * of the processors this process may use; elsewhere those of all.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measurePeakMemory } from './peak-memory.js';

export interface Cost {
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
  /** Of this process, all its threads together. */
  readonly cpuSeconds: number;
  /**
   * Of all others on the processors that this process may use; what the host of a virtual machine withholds
   * counts too.
   */
  readonly otherCpuSeconds: number;
  readonly processors: number;
}

export interface MachineMeter {
  /** Since the meter was started. */
  read(): Cost;
}

export function startMachineMeter(): MachineMeter {
  const memory = measurePeakMemory();
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const machineBefore = machineTime();
  return {
    read: () => {
      const { user, system } = process.cpuUsage(cpuBefore);
      const cpuSeconds = (user + system) / 1e6;
      const { busySeconds, processors } = machineTime();
      return {
        wallSeconds: round(performance.now() - started),
        peakMemoryBytes: memory.peak(),
        cpuSeconds: round(cpuSeconds * 1000),
        // The two counters do not tick together.
        otherCpuSeconds: round(Math.max(0, busySeconds - machineBefore.busySeconds - cpuSeconds) * 1000),
        processors,
      };
    },
  };
}

/**
 * Whether others slowed the work down: they took a tenth of the processors or more, and nearly all of them
 * were busy. Both are needed; what others do on processors that would stand idle costs nothing.
 */
export function wasShared({
  wallSeconds,
  cpuSeconds,
  otherCpuSeconds,
  processors,
}: Omit<Cost, 'peakMemoryBytes'>): boolean {
  const available = processors * wallSeconds;
  return (
    wallSeconds >= 1 && otherCpuSeconds > 0.1 * available && cpuSeconds + otherCpuSeconds > 0.75 * available
  );
}

const round = (milliseconds: number): number => Math.round(milliseconds) / 1000;

interface MachineTime {
  readonly busySeconds: number;
  readonly processors: number;
}

/** Busy time of the processors since boot. */
function machineTime(): MachineTime {
  return linuxTime() ?? everywhereTime();
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

function linuxTime(): MachineTime | undefined {
  try {
    const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (allowed === undefined) return undefined;
    const wanted = parseList(allowed);
    let busy = 0;
    let processors = 0;
    for (const line of readFileSync('/proc/stat', 'utf8').split('\n')) {
      const [name, ...fields] = line.split(/\s+/);
      const number = /^cpu(\d+)$/.exec(name ?? '')?.[1];
      if (number === undefined || !wanted(Number(number))) continue;
      const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number);
      busy += user + nice + system + irq + softirq + steal;
      processors++;
    }
    return processors === 0 ? undefined : { busySeconds: busy / ticksPerSecond, processors };
  } catch {
    return undefined;
  }
}

/** `0-3,8`. */
function parseList(list: string): (number: number) => boolean {
  const ranges = list.split(',').map((range) => range.split('-').map(Number));
  return (number) => ranges.some(([first = 0, last = first]) => number >= first && number <= last);
}

function everywhereTime(): MachineTime {
  const all = cpus();
  const busy = all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { busySeconds: busy / 1000, processors: all.length };
}
