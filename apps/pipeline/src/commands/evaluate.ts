/** `llm eval`: the same measurements as in the report, of any model of a run, on as many tasks as wanted. */
import { describeSkipped } from '@llm/core';
import { bitsPerByte } from '@llm/model/evaluation';
import { calculator, evaluateTasks } from '@llm/rl';
import { readCorpus } from '../material/corpus.js';
import { taskSetOf } from '../material/task-set.js';
import { checkArtifacts } from '../run/stage-artifacts.js';
import { readStageState } from '../run/stage-state.js';
import { formatMetric, formatPercent } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { jsonLine } from '../terminal/shown-text.js';
import { openRunModel, type RunModelFlags } from './open-run-model.js';

export interface EvaluateFlags extends RunModelFlags {
  readonly tasks?: number | undefined;
  readonly json?: boolean | undefined;
}

export async function evaluate(flags: EvaluateFlags, output: Output): Promise<void> {
  const { model, tokenizer, renderer, store, options, name, directory } = await openRunModel(flags);
  try {
    // Without a shard another text would be held out.
    const data = await readStageState(store, 'data');
    if (data !== undefined) await checkArtifacts(store, directory, data);
    const corpus = await readCorpus(store, options.pretrain);
    const bits = await bitsPerByte(model, tokenizer, corpus.heldOut);
    const tasks = taskSetOf(options, flags.tasks);
    const report = await evaluateTasks({
      model,
      renderer,
      tasks,
      tools: [calculator],
      limit: flags.tasks ?? options.rl.heldOutTasks,
      maxNewTokens: options.rl.maxNewTokens,
      seed: flags.seed,
    });
    const { accuracy, interval, n, toolCallRate, formatValid, meanLength, skipped } = report;
    if (flags.json === true) {
      const line = {
        model: name,
        run: directory,
        bitsPerByte: bits,
        tasks: tasks.name,
        accuracy,
        interval,
        n,
        toolCallRate,
        formatValid,
        meanLength,
        skippedTasks: skipped.map(({ id }) => id),
      };
      output.stdout.write(jsonLine(line));
      return;
    }
    output.stdout.write(
      [
        `${name} model of ${directory}`,
        `bits per byte on ${corpus.heldOut.length} held-out documents: ${formatMetric(bits)}`,
        `accuracy on ${n} held-out tasks (${tasks.name}): ${formatPercent(accuracy)}, 95 % interval ${interval.map(formatPercent).join(' to ')}`,
        `answers that call the calculator: ${formatPercent(toolCallRate)}; well-formed answers: ${formatPercent(formatValid)}; tokens per answer: ${formatMetric(meanLength)}`,
        ...(skipped.length > 0 ? [`tasks left out: ${describeSkipped(skipped, ({ id }) => id)}`] : []),
        '',
      ].join('\n'),
    );
  } finally {
    await model.dispose();
  }
}
