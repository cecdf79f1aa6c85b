/**
 * A task written to a folder: a peer in another process
 * trains the same model from the same parameters and tokens.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initialParameters } from '@llm/model';
import { learningRate, type TrainingTask, taskTokens } from '../training-run.js';

export function writeTask(directory: string, task: TrainingTask): void {
  mkdirSync(directory, { recursive: true });
  const parameters = [...initialParameters(task.config, 0)];
  const { inputs, targets } = taskTokens(task);
  const description = {
    ...task,
    columns: task.config.contextLength,
    learningRate,
    inputs: [...inputs],
    targets: [...targets],
    layout: parameters.map(([name, { shape }]) => ({ name, shape })),
  };
  writeFileSync(join(directory, 'task.json'), JSON.stringify(description));
  const data = parameters.map(([, tensor]) => tensor.data as Float32Array);
  writeFileSync(
    join(directory, 'parameters.f32'),
    Buffer.concat(data.map((part) => Buffer.from(part.buffer))),
  );
}
