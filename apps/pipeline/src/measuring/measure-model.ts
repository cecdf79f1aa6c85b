/** `llm eval --model SOURCE`: any model on published tasks, on questions of one's own, and on text. */
import { readFileSync } from 'node:fs';
import { LlmError, type RunEventListener } from '@llm/core';
import { evaluate, heldOutText } from '@llm/model/evaluation';
import { findModel, type ModelFlags, openAssistant } from '../models/model-source.js';
import { formatMetric, formatPercent } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { jsonLine } from '../terminal/shown-text.js';
import { findTasks, rowsOf } from './task-files.js';

export interface MeasureFlags extends ModelFlags {
  readonly tasks?: readonly string[] | undefined;
  readonly data?: string | undefined;
  readonly limit?: number | undefined;
  readonly shots?: number | undefined;
  readonly text?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

type Report = Awaited<ReturnType<typeof evaluate>>;

/** Throws `pipeline/nothing-to-measure`, and what `findTasks`, loading and `evaluate` throw. */
export async function measureModel(flags: MeasureFlags, output: Output): Promise<void> {
  const tasks = findTasks(flags.tasks ?? [], flags.data);
  const texts = (flags.text ?? []).map((path) => ({ text: readFileSync(path, 'utf8') }));
  if (tasks.length === 0 && texts.length === 0)
    throw new LlmError({
      code: 'pipeline/nothing-to-measure',
      message: 'Say what to measure the model on: --tasks NAMES or FILES, --text FILES.',
    });
  const { limit, shots, json = false } = flags;
  const assistant = await openAssistant(await findModel(flags), flags);
  const { model, tokenizer } = assistant;
  // What the model's own tokenizer begins a text with, as lm-evaluation-harness does.
  const bosToken = assistant.beginToken ?? null;
  const onEvent: RunEventListener = (event) => {
    if (event.type === 'warning') output.stderr.write(`warning: ${event.message}\n`);
    else if (event.type === 'progress' && !json) output.stderr.write(`${event.stage}: ${event.done} rows\n`);
  };
  const print = (report: Report): void =>
    void output.stdout.write(json ? jsonLine({ model: assistant.name, ...report }) : `${lineOf(report)}\n`);
  try {
    for (const { task, file, examples } of tasks)
      print(
        await evaluate(model, tokenizer, task, rowsOf(file, limit), {
          bosToken,
          shots,
          examples: examples === undefined ? undefined : await allOf(rowsOf(examples)),
          onEvent,
        }),
      );
    if (texts.length > 0) print(await evaluate(model, tokenizer, heldOutText, texts, { bosToken, onEvent }));
  } finally {
    await assistant.dispose();
  }
}

async function allOf(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

function lineOf({ task, measures, n, skipped, shots, chance }: Report): string {
  const figures = Object.entries(measures).map(([name, { mean, standardError }]) => {
    const isShare = name !== 'bitsPerByte' && name !== 'logProbability';
    const show = isShare ? formatPercent : formatMetric;
    return `${name} ${show(mean)}${Number.isNaN(standardError) ? '' : ` ± ${show(standardError)}`}`;
  });
  const parts = [`${n} rows`, ...(skipped > 0 ? [`${skipped} left out`] : [])];
  if (shots > 0) parts.push(`${shots} examples`);
  if (chance > 0) parts.push(`chance ${formatPercent(chance)}`);
  return `${task} (${parts.join(', ')}): ${figures.join(', ')}`;
}
