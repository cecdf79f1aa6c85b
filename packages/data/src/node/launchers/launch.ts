/**
 * What all launchers share: they start processes that each do one rank's share of one phase, after
 * datatrove's executors. What is done is kept, whoever did it: a launch over finished work starts processes
 * that end at once.
 */

import { LlmError } from '@llm/core';
import type { OptionKinds } from '../../page/check-options.js';
import { type PhaseName, phasesOf } from '../pipeline/phases.js';

export interface Launch {
  /** The command line of a process, to which `--rank r --world n --phase p` is added. */
  readonly command: readonly string[];
  /** Ranks of a phase. */
  readonly tasks: number;
  /**
   * Those that the plan needs: `phasesOf(deduplication)`. Default: those of every run. Without the phases
   * that it needs `corpus` ends with `data/phase-too-early`.
   */
  readonly phases?: readonly PhaseName[] | undefined;
  /** Processes at once. Default: all. */
  readonly concurrency?: number | undefined;
}

export const launchKinds: OptionKinds<Launch> = {
  ...({ command: 'list!', tasks: 'any!', phases: 'list', concurrency: 'number' } as const),
};

/** The phases in their order, each with its ranks. */
export function phaseRanks({ tasks, phases = phasesOf() }: Launch): (readonly [PhaseName, number])[] {
  if (!Number.isInteger(tasks) || tasks < 1)
    throw new LlmError({
      code: 'data/launch-invalid',
      message: `A phase cannot have ${tasks} tasks; give a whole number of at least 1.`,
    });
  return phases.map((phase) => [phase, phase === 'clusters' || phase === 'finish' ? 1 : tasks] as const);
}

export function rankCommand(
  { command }: Pick<Launch, 'command'>,
  phase: PhaseName,
  rank: number | string,
  world: number,
): string[] {
  return [...command, '--rank', String(rank), '--world', String(world), '--phase', phase];
}

/** For a POSIX shell; `$NAMES` that a launcher puts in are not quoted. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

export function launchError(engine: string, what: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'data/launch-failed',
    message: `${engine}: ${what}`,
    details: { engine },
    cause,
  });
}
