/** Evaluation sets in files → the index of their n-grams, and the step of a run that was asked for it. */

import { basename } from 'node:path';
import { checkChoice, LlmError } from '@llm/core';
import { decontamination } from '../../decontamination/decontamination.js';
import { readEvaluationRow } from '../../decontamination/evaluation-row.js';
import { NgramIndex, type NgramOptions } from '../../decontamination/ngram-index.js';
import { checkOptions, type OptionKinds } from '../../page/check-options.js';
import type { PageStep } from '../../page/page-step.js';
import { readLines } from '../files/read-lines.js';

export interface DecontaminationOptions extends NgramOptions {
  /** Files of JSON lines, a row of an evaluation each; plain, gzip or Zstandard, paths or URLs. */
  readonly evaluations: readonly string[];
  /** `drop` leaves contaminated documents out, `report` says so in their metadata. Default `drop`. */
  readonly action?: 'drop' | 'report' | undefined;
}

const kinds: OptionKinds<DecontaminationOptions> = {
  ...({ evaluations: 'list!', action: 'any', wordsPerNgram: 'any', questions: 'boolean' } as const),
  ...({ overlaps: 'boolean', language: 'text' } as const),
};
const longestLine = 16 * 1024 * 1024;

/**
 * A task is called as its file, a row by its line. Throws `data/evaluation-unreadable` for a line that is no
 * row of an evaluation, `data/evaluation-empty` when nothing would be looked for.
 */
export async function loadEvaluations(
  paths: readonly string[],
  options: NgramOptions = {},
): Promise<NgramIndex> {
  const index = new NgramIndex(options);
  let rows = 0;
  for (const path of paths) {
    const task = basename(path).replace(/\.jsonl?(?:\.gz|\.zst)?$/, '');
    for await (const piece of readLines(path, longestLine, () => undefined)) {
      if (piece.kind !== 'line')
        throw unreadable(path, piece.kind === 'damage' ? 'is damaged' : `is no text (${piece.message})`);
      if (piece.line.trim() === '') continue;
      const row = piece.ends ? readEvaluationRow(parsed(piece.line)) : undefined;
      if (row === undefined)
        throw unreadable(
          `${path}:${piece.number}`,
          'is no row of an evaluation: an object with question and answer, or choices and the right one',
        );
      rows++;
      for (const answer of row.answers)
        index.add({ question: row.question, answer, task, row: piece.number });
    }
  }
  if (index.size > 0) return index;
  throw new LlmError({
    code: 'data/evaluation-empty',
    message:
      rows === 0
        ? 'The evaluations that were given hold no row.'
        : `None of the ${rows} rows has ${index.wordsPerNgram} words in a row to look for. Give fewer words to an n-gram, or take the questions, too.`,
    details: { paths, rows },
  });
}

/** Throws `data/decontamination-invalid` and what `loadEvaluations` does. */
export async function decontaminationStep(options: DecontaminationOptions): Promise<PageStep> {
  checkOptions('The decontamination', options, kinds, 'data/decontamination-invalid');
  const { evaluations, action = 'drop', ...ngrams } = options;
  if (evaluations.length === 0)
    throw new LlmError({
      code: 'data/decontamination-invalid',
      message: 'Decontamination needs `evaluations`: files with rows of evaluations.',
      details: { option: 'evaluations' },
    });
  checkChoice('action', action, ['drop', 'report']);
  return decontamination(await loadEvaluations(evaluations, ngrams), { action });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(where: string, what: string): LlmError {
  return new LlmError({
    code: 'data/evaluation-unreadable',
    message: `${where} ${what}.`,
    details: { where },
  });
}
