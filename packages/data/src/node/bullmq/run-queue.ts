/**
 * A run as jobs of BullMQ: a job a rank, and for each phase a gate, the parent of its ranks, which BullMQ
 * runs when all of them are done; the gate adds the next phase. Ids follow from run, phase and rank, so that
 * a job that is added twice is there once, whoever died in between.
 */
import type { FlowJob } from 'bullmq';
import type { Launch } from '../launchers/launch.js';
import { phaseRanks } from '../launchers/launch.js';
import type { PhaseName } from '../pipeline/phases.js';

export const defaultQueue = 'llm-data';

export interface QueuedRank {
  readonly kind: 'rank';
  readonly phase: PhaseName;
  readonly rank: number;
  readonly world: number;
  readonly command: readonly string[];
}

export interface QueuedGate {
  readonly kind: 'gate';
  readonly phase: PhaseName;
  readonly run: string;
  readonly launch: Launch;
  readonly attempts: number;
}

export type QueuedWork = QueuedRank | QueuedGate;

export function gateId(run: string, phase: PhaseName): string {
  return `${run}.${phase}`;
}

/** The jobs of a phase; undefined behind the last. */
export function phaseFlow(
  queueName: string,
  run: string,
  launch: Launch,
  attempts: number,
  phase: PhaseName | undefined,
): FlowJob | undefined {
  const [name, world] = phaseRanks(launch).find(([own]) => own === phase) ?? [];
  if (name === undefined || world === undefined) return undefined;
  const backoff = { type: 'exponential', delay: 1000 };
  const gate: QueuedGate = { kind: 'gate', phase: name, run, launch, attempts };
  return {
    name: 'gate',
    queueName,
    data: gate,
    opts: { jobId: gateId(run, name), attempts, backoff },
    children: Array.from({ length: world }, (_, rank) => {
      const data: QueuedRank = { kind: 'rank', phase: name, rank, world, command: launch.command };
      const jobId = `${gateId(run, name)}.${rank}`;
      return { name: 'rank', queueName, data, opts: { jobId, attempts, backoff, failParentOnFailure: true } };
    }),
  };
}

/** The phase behind this one. */
export function nextPhase(launch: Launch, phase: PhaseName): PhaseName | undefined {
  const phases = phaseRanks(launch).map(([name]) => name);
  return phases[phases.indexOf(phase) + 1];
}
