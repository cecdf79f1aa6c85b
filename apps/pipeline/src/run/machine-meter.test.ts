import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { startMachineMeter, wasShared } from './machine-meter.js';

// Slow: processors are kept busy to be measured

/** Until the processor has worked for this process so long: on a busy machine that takes longer. */
const work = 'const end = process.cpuUsage().user + 600_000; while (process.cpuUsage().user < end);';

test('the time of this process and that of another are told apart', async () => {
  const meter = startMachineMeter();
  const end = process.cpuUsage().user + 400_000;
  while (process.cpuUsage().user < end);
  const own = meter.read();
  expect(own.wallSeconds).toBeGreaterThanOrEqual(0.2);
  expect(own.cpuSeconds).toBeGreaterThan(0.3);
  expect(own.cpuSeconds).toBeLessThanOrEqual(own.wallSeconds * own.processors + 0.1);
  const waiting = startMachineMeter();
  const other = spawn(process.execPath, ['-e', work]);
  await new Promise((resolve) => other.on('exit', resolve));
  const { cpuSeconds, otherCpuSeconds } = waiting.read();
  // Whatever else runs on the machine can only add to it.
  expect(otherCpuSeconds).toBeGreaterThan(0.3);
  expect(cpuSeconds).toBeLessThan(0.5);
});

test.each([
  ['two threads alone on two processors', 10, 19.5, 0.3, 2, false],
  ['half of two processors went to others', 10, 10, 9.8, 2, true],
  ['three times as long beside other work', 30, 20, 38, 2, true],
  ['one thread beside a program that fills the other processor', 10, 9.9, 9.9, 2, true],
  ['others on processors that would stand idle', 10, 20, 200, 64, false],
  ['too short to tell', 0.4, 0.1, 0.6, 2, false],
])('%s', (_, wallSeconds, cpuSeconds, otherCpuSeconds, processors, shared) => {
  expect(wasShared({ wallSeconds, cpuSeconds, otherCpuSeconds, processors })).toBe(shared);
});
