/**
 * A process that practises: `practice-program.ts FOLDER` trains a small model by GRPO, by PPO with a critic,
 * on preferences, on labelled answers and on judged steps, saving every step, and writes each one's final
 * numbers as a digest. Started again it goes on from the newest step that is whole. Made to be killed.
 */
import { createHash } from 'node:crypto';
import { type TaskSet, type TrainableModel, textMessage } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import type { Objective } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createModelConfig, createTransformer, loadCheckpoint, saveCheckpoint } from '@llm/model';
import {
  clippedValueLoss,
  directPreference,
  kahnemanTversky,
  policyMethod,
  processReward,
  trainLabelledAnswers,
  trainPolicy,
  trainPreferences,
  trainProcessRewards,
} from '@llm/rl';

const store = new DirectoryStore(process.argv[2]!);
const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const executor = createNodeExecutor({ threads: 1 });
const sizes = {
  vocabularySize: tokenizer.vocabularySize,
  contextLength: 48,
  depth: 1,
  width: 32,
  headWidth: 16,
};
const make = (objective: Objective | undefined, scalarHead = false) =>
  createTransformer({
    config: createModelConfig({ ...sizes, scalarHead }),
    executor,
    objective,
    optimizer: adamW(),
    seed: 3,
  });
type Models = Readonly<Record<string, Awaited<ReturnType<typeof make>>>>;

const stepFolder = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/** Of models that are trained together a step counts when all of them have it whole. */
async function goOn(method: string, models: Models, steps: number): Promise<void> {
  const names = Object.keys(models);
  const places = names.map((name) => `${method}/${name}`);
  for (let step = steps; step > 0; step--) {
    const loaded = await Promise.all(
      places.map((place) => loadCheckpoint(store, `${place}/${stepFolder(step)}`).catch(() => undefined)),
    );
    if (loaded.some((each) => each === undefined)) continue;
    for (const [i, name] of names.entries()) await models[name]!.restore(loaded[i]!.snapshot);
    return;
  }
}

const saving = (method: string, models: Models) => async (): Promise<void> => {
  for (const [name, model] of Object.entries(models))
    await saveCheckpoint(store, `${method}/${name}`, {
      config: model.config,
      snapshot: await model.snapshot(),
      keep: 2,
    });
};

async function digest(model: TrainableModel): Promise<string> {
  const hash = createHash('sha256');
  const { parameters, optimizerState } = await model.snapshot();
  for (const numbers of [parameters, optimizerState])
    for (const name of [...numbers.keys()].sort()) hash.update(name).update(numbers.get(name)!.data);
  return hash.digest('hex');
}

const steps = 4;
const common = { renderer, steps, seed: 5, saveEvery: 1, schedule: () => 1e-2 };

async function practise(
  method: string,
  models: Models,
  train: (hooks: { readonly onCheckpoint: () => Promise<void> }) => Promise<unknown>,
): Promise<void> {
  if (!(await store.has(`${method}/final`))) {
    await goOn(method, models, steps);
    const saved = saving(method, models);
    await train({ onCheckpoint: saved });
    const digests = await Promise.all(Object.values(models).map(digest));
    await store.write(`${method}/final`, new TextEncoder().encode(digests.join('\n')));
  }
  for (const model of Object.values(models)) await model.dispose();
}

const tasks: TaskSet = {
  specificationVersion: 'v1',
  name: 'vowels',
  train: ['ab', 'cd', 'ef'].map((id) => ({
    id,
    prompt: { messages: [textMessage('user', id)] },
    answer: '',
  })),
  heldOut: [],
  reward: (_, parts) => parts.flatMap((part) => (part.type === 'text' ? [...part.text] : [])).length / 9,
};
const groups = { promptsPerStep: 2, samplesPerPrompt: 4, maxNewTokens: 6, requireWellFormed: false };
const say = (text: string) => textMessage('assistant', text).parts;
const prompt = { messages: [textMessage('user', 'say')] };

const grpo = policyMethod('grpo');
const policy = await make(grpo.objective());
await practise('grpo', { policy }, (hooks) =>
  trainPolicy({ ...common, ...hooks, ...groups, ...grpo.training, policy, tasks, updatesPerBatch: 1 }),
);

const ppo = policyMethod('ppo');
const [actor, critic] = [await make(ppo.objective()), await make(clippedValueLoss(), true)];
await practise('ppo', { actor, critic }, (hooks) =>
  trainPolicy({
    ...common,
    ...hooks,
    ...groups,
    ...ppo.training,
    policy: actor,
    critic: { model: critic, learningRate: 1e-2 },
    tasks,
  }),
);

const [preferring, reference] = [await make(directPreference()), await make(undefined)];
await practise('preferences', { preferring }, (hooks) => {
  const pairs = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, prompt, chosen: say(id), rejected: say('zz') }));
  return trainPreferences({ ...common, ...hooks, policy: preferring, reference, pairs, pairsPerStep: 2 });
});

const labelled = await make(kahnemanTversky());
await practise('labelled', { labelled }, (hooks) => {
  const answers = ['a', 'b', 'c', 'd'].map((id, i) => ({ id, prompt, answer: say(id), isGood: i % 2 === 0 }));
  return trainLabelledAnswers({
    ...common,
    ...hooks,
    policy: labelled,
    reference,
    answers,
    answersPerStep: 4,
  });
});
await reference.dispose();

const judge = await make(processReward(), true);
await practise('process', { judge }, (hooks) => {
  const examples = ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({
    ...{ id, prompt },
    steps: [{ text: id, isCorrect: i % 2 === 0 }, { text: 'so' }, { text: 'end', isCorrect: i > 2 }],
  }));
  return trainProcessRewards({ ...common, ...hooks, model: judge, examples, examplesPerStep: 2 });
});
