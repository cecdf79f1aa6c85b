/** `llm rl --model SOURCE`: any model practises questions whose answers can be checked. */
import type { TaskSet } from '@llm/core';
import {
  clippedPolicyGradient,
  clippedValueLoss,
  directPreference,
  evaluateTasks,
  policyMethod,
  randomRewardControl,
  trainOnlinePreferences,
  trainPolicy,
} from '@llm/rl';
import { keepRollouts } from '../rollouts/keep-rollouts.js';
import { formatMetric, formatPercent } from '../terminal/format.js';
import type { Output } from '../terminal/output.js';
import { openTunable, unfit } from './open-tunable.js';
import { readPracticeTasks } from './practice-tasks.js';
import { openRewardModel } from './reward-model.js';
import { tune } from './tune.js';
import type { PractiseFlags } from './tuning-flags.js';

/** Samples of each held-out question, beside the greedy answer. */
const drawn = 2;

/** Flags that have no effect on the method, and what it cannot do without. */
function checkMethodFlags(flags: PractiseFlags): void {
  const { method, samples, kl = 0 } = flags;
  const isPaired = method === 'online-dpo';
  const onlyOf = (fits: boolean, what: string, wrong: Readonly<Record<string, unknown>>): void => {
    for (const [flag, value] of Object.entries(wrong))
      if (value !== undefined && !fits) throw unfit(flag, what);
  };
  onlyOf(method === 'ppo', 'it is about a critic: give --method ppo, or leave it out', {
    '--critic-learning-rate': flags.criticLearningRate,
    '--lambda': flags.lambda,
  });
  onlyOf(
    method === 'rejection',
    'it is about answers that are imitated: give --method rejection, or leave it out',
    {
      '--minimum-reward': flags.minimumReward,
    },
  );
  onlyOf(!isPaired || samples === 2, '--method online-dpo compares two answers to a question: leave it out', {
    [`--samples ${samples}`]: samples,
  });
  if (isPaired && flags.lora === undefined)
    throw unfit('--method online-dpo', 'its reference is the model without its adapters: give --lora RANK');
  if (isPaired && flags.kl === 0)
    throw unfit('--kl 0', 'it is the β of --method online-dpo, which has to be above 0');
  if (kl > 0 && flags.lora === undefined)
    throw unfit('--kl', 'its reference is the model without its adapters: give --lora RANK, too');
  if (samples === 1 && method !== 'ppo')
    throw unfit(
      '--samples 1',
      'answers to a question are compared with each other: give 2 or more, or --method ppo',
    );
}

/** Throws `pipeline/flag-unfit`, `pipeline/tasks-…`, and what `openTunable` and `tune` throw. */
export async function practise(flags: PractiseFlags, output: Output): Promise<void> {
  if (flags.tasks === undefined)
    throw unfit(
      '--model',
      'it needs something to practise: give --tasks countdown, arithmetic, sorting, gsm8k:FILE, gsm8k-sums:FILE, or a file',
    );
  checkMethodFlags(flags);
  const {
    seed = 0,
    heldOut = 32,
    steps = 50,
    rows = 4,
    samples = flags.method === 'online-dpo' ? 2 : 8,
    maxTokens = 128,
    temperature = 1,
  } = flags;
  const { tasks: own, settings: taskSettings } = await readPracticeTasks(flags.tasks, {
    seed,
    heldOut,
    count: steps * rows,
    note: (line) => void output.stderr.write(`${line}\n`),
  });
  if (flags.rewardModel !== undefined && flags.control === true)
    throw unfit('--reward-model', 'it and --control both say what an answer earns: give one');
  const scoring =
    flags.rewardModel === undefined ? undefined : await openRewardModel(flags.rewardModel, flags);
  const tasks: TaskSet =
    flags.control === true
      ? randomRewardControl(own, seed)
      : { ...own, ...(scoring && { reward: scoring.reward }) };
  const isPaired = flags.method === 'online-dpo';
  const kl = flags.kl ?? (isPaired ? 0.1 : 0);
  const method =
    flags.method === undefined || flags.method === 'online-dpo' ? undefined : policyMethod(flags.method);
  const isPpo = flags.method === 'ppo';
  // Scores of a reward model lie between 0 and 1: of those the best one is taken, whatever it is.
  const minimumReward = flags.minimumReward ?? (scoring === undefined ? 1 : Number.MIN_VALUE);
  const tunable = await openTunable(flags);
  const { renderer, loaded, lora } = tunable;
  const learningRate = flags.learningRate ?? (lora === undefined ? 1e-6 : 2e-5);
  const lengths = own.train.map(({ prompt }) => renderer.renderPrompt(prompt).length);
  const shortest = Math.min(...lengths);
  if (shortest >= loaded.config.contextLength)
    throw unfit(
      '--tasks',
      `no question leaves room for an answer: the shortest has ${shortest} tokens, the model sees ${loaded.config.contextLength}`,
    );
  const longestPrompt = Math.max(...lengths.filter((length) => length < loaded.config.contextLength));
  // verl's 1e-5 beside 1e-6, of whole models: a critic may learn faster than a policy. Adapters have a larger
  // rate already, and at ten times that what it says overshoots the returns several times over.
  const criticLearningRate = flags.criticLearningRate ?? (lora === undefined ? 10 : 1) * learningRate;
  const columns = Math.min(loaded.config.contextLength, longestPrompt + maxTokens);
  // Answers to one question stand behind it in one row, unless they are longer than it is.
  const sharePrompts = longestPrompt > maxTokens && !isPaired && flags.method !== 'rejection';
  const batchRows = sharePrompts ? rows : rows * samples;
  // Tied groups are left out, so rows of a step vary, and each number of rows is a graph of its own.
  const rowsAtOnce = flags.rowsAtOnce ?? (sharePrompts ? 2 : batchRows);
  const shape = {
    rows: Math.min(batchRows, rowsAtOnce),
    columns: sharePrompts ? longestPrompt + samples * maxTokens : columns,
    shared: sharePrompts ? longestPrompt - 1 : undefined,
    // Held-out questions are answered side by side like those of a step.
    answers: { rows: Math.max(rows * samples, own.heldOut.length * drawn), columns },
  };
  const practice = tune({
    name: 'rl',
    title: `${loaded.name} practises ${tasks.name}`,
    flags,
    output,
    tunable,
    directory: `tuned/${loaded.name}-rl${flags.control === true ? '-control' : ''}`,
    settings: {
      rowsAtOnce,
      control: flags.control ?? false,
      tasks: taskSettings,
      ...{ seed, heldOut, steps, rows, samples, maxTokens, temperature, learningRate },
      ...(flags.method !== undefined && { method: flags.method }),
      ...(kl > 0 && { kl }),
      ...(flags.minimumReward !== undefined && { minimumReward }),
      ...(isPpo && { criticLearningRate, lambda: flags.lambda ?? null }),
      ...(flags.rewardModel !== undefined && { rewardModel: flags.rewardModel }),
    },
    steps,
    shape,
    rows: batchRows,
    critic: isPpo
      ? { objective: clippedValueLoss(), rows: Math.min(rows * samples, rowsAtOnce), columns }
      : undefined,
    // Entropy is estimated from what is drawn: its exact value would cost a pass over all scores.
    objective: isPaired
      ? directPreference({ beta: kl })
      : (method?.objective ?? clippedPolicyGradient)({
          measureEntropy: false,
          klCoefficient: isPpo ? 0 : kl,
        }),
    train: async ({ model, critic, directory, hooks }) => {
      const measure = (step: number) =>
        directory.remember(`held-out-${step}`, async () => {
          const options = { model, renderer, tasks: own, maxNewTokens: maxTokens, signal: hooks.signal };
          const { accuracy, interval, n, passAtK } = await evaluateTasks({ ...options, samples: drawn });
          return { accuracy, interval: [...interval], n, sampled: passAtK[1]! };
        });
      const isMeasured = own.heldOut.length > 0;
      const common = {
        ...hooks,
        policy: model,
        renderer,
        tasks,
        steps,
        seed,
        promptsPerStep: rows,
        maxNewTokens: maxTokens,
        temperature,
        onRollouts: keepRollouts({
          store: directory.store,
          stage: 'rl',
          tokenizer: loaded.tokenizer,
          rewardName: tasks.name,
          steps,
          promptsPerStep: rows,
          samplesPerPrompt: samples,
          maxNewTokens: maxTokens,
        }),
        schedule: { shape: 'constant', peak: learningRate, warmUpSteps: Math.ceil(steps / 20) } as const,
        evaluateFirst: isMeasured,
        evaluate: isMeasured
          ? async (step: number) => {
              const { accuracy, sampled } = await measure(step);
              return { accuracy, sampled_accuracy: sampled };
            }
          : undefined,
      };
      if (isPaired)
        await trainOnlinePreferences({
          ...common,
          reference: model.withoutAdapters(),
          pairsAtOnce: Math.max(1, Math.floor(rowsAtOnce / 2)),
        });
      else
        await trainPolicy({
          ...common,
          rowsAtOnce,
          samplesPerPrompt: samples,
          // The result is used at 1, and that is what the README's figures were measured with.
          tempered: false,
          sharePrompts,
          // With a term of KL a tied group pulls, too, and so does what a critic expected otherwise.
          leaveTied: kl === 0 && critic === undefined,
          critic: critic && { model: critic, learningRate: criticLearningRate, lambda: flags.lambda },
          // Where there is a critic holding on is a reward of each token, which it learns to expect.
          klPenalty: isPpo ? kl : undefined,
          reference: kl > 0 ? model.withoutAdapters() : undefined,
          ...method?.training,
          ...(method?.training.accept && { accept: { minimumReward } }),
        });
      if (!isMeasured) return `${steps} steps; nothing was held out to measure on.`;
      const [before, after] = [await measure(0), await measure(steps)];
      const interval = after.interval.map(formatPercent).join(' to ');
      const greedy = `${formatPercent(before.accuracy)} → ${formatPercent(after.accuracy)} (95 % interval ${interval})`;
      const sampled = `${formatPercent(before.sampled)} → ${formatPercent(after.sampled)}`;
      return `right on ${after.n} held-out questions: ${greedy}, of ${drawn} samples of each ${sampled}; peak learning rate ${formatMetric(learningRate)}.`;
    },
  });
  await practice.finally(() => scoring?.dispose());
}
