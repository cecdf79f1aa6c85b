/** `llm sft --teacher`: whom a model learns from beside, or in the place of, the answers in the files. */
import { type LoadedModel, readModel } from '@llm/assistant/node';
import { LlmError, type Tokenizer } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { createTransformer, trainingMemory } from '@llm/model';
import { distillOnPolicy } from '@llm/sft';
import { findModel } from '../models/model-source.js';
import { type TunableModel, unfit } from './open-tunable.js';
import type { FineTuneFlags } from './tuning-flags.js';

/** `endpoint`: its answers are imitated. `local`: it says at every position what it would have said (GKD). */
export type TeacherKind = 'none' | 'endpoint' | 'local';

/** Throws `pipeline/flag-unfit` for what is missing and for what has no effect. */
export function teacherKind(flags: FineTuneFlags): TeacherKind {
  const { teacher, teacherModel, maxTokens, temperature, onPolicyShare, divergence } = flags;
  const refuse = (why: string, wrong: Readonly<Record<string, unknown>>): void => {
    for (const [flag, value] of Object.entries(wrong)) if (value !== undefined) throw unfit(flag, why);
  };
  const ofEndpoints = { '--teacher-model': teacherModel };
  const ofLocal = { '--on-policy-share': onPolicyShare, '--divergence': divergence };
  const ofBoth = { '--max-tokens': maxTokens, '--temperature': temperature };
  if (teacher === undefined) {
    refuse('it is about a teacher: add --teacher, or leave it out', {
      ...ofEndpoints,
      ...ofLocal,
      ...ofBoth,
    });
    return 'none';
  }
  if (/^https?:\/\//.test(teacher)) {
    refuse(
      "it needs what a teacher would have said at every token, and an endpoint's answers are imitated",
      ofLocal,
    );
    if (teacherModel === undefined)
      throw unfit('--teacher', 'it is an address: say with --teacher-model NAME which of its models answers');
    if (flags.dryRun === true)
      throw unfit('--dry-run', 'what a teacher answers is not known before it is asked: leave --teacher out');
    return 'endpoint';
  }
  if (temperature === 0) throw unfit('--temperature 0', 'distributions are compared at it: give one above 0');
  refuse('it is of an endpoint, and --teacher names a model here', ofEndpoints);
  refuse("the teacher's distributions say what is learnt where a model here is the --teacher", {
    '--loss': flags.loss,
    '--train-on': flags.trainOn,
    '--overflow': flags.overflow,
    '--noise-alpha': flags.noiseAlpha,
  });
  return 'local';
}

/** Throws what reading a model throws, and `pipeline/teacher-unfit` for one with other tokens. */
export async function openTeacher(
  named: string,
  { loaded }: TunableModel,
): Promise<Pick<LoadedModel, 'config' | 'parameters'>> {
  const { source } = await findModel({ model: named });
  const { config, parameters, tokenizer } = await readModel(source, { quantized: true });
  const different = differentToken(tokenizer, loaded.tokenizer);
  if (different !== undefined || config.vocabularySize !== loaded.config.vocabularySize)
    throw new LlmError({
      code: 'pipeline/teacher-unfit',
      message: `${named} and ${loaded.name} have other tokens (${different ?? `${config.vocabularySize} and ${loaded.config.vocabularySize} ids`}), so that one cannot say which the other should take. Take a teacher of the same family, or serve it (llm serve) and let its answers be imitated: --teacher http://…`,
      details: { teacher: named },
    });
  return { config, parameters };
}

/** The first id that stands for other text; undefined where there is none. */
function differentToken(one: Tokenizer, other: Tokenizer): string | undefined {
  for (let id = 0; id < Math.max(one.vocabularySize, other.vocabularySize); id++) {
    const [own, their] = [one, other].map((each) =>
      id < each.vocabularySize ? each.decode([id]) : undefined,
    );
    if (own !== their)
      return `id ${id} is ${[own, their].map((text) => (text === undefined ? 'none' : JSON.stringify(text))).join(' and ')}`;
  }
  return undefined;
}

/** GKD with the teacher beside the student while it lasts. */
export async function learnFrom(
  { config, parameters }: Pick<LoadedModel, 'config' | 'parameters'>,
  options: Omit<Parameters<typeof distillOnPolicy>[0], 'teacher' | 'maxNewTokens'>,
  { threads, maxTokens = 128, temperature, onPolicyShare }: FineTuneFlags,
): Promise<void> {
  const executor = createNodeExecutor({ threads, memory: 'compact' });
  const teacher = await createTransformer({ config, parameters, executor });
  try {
    await distillOnPolicy({ ...options, teacher, maxNewTokens: maxTokens, temperature, onPolicyShare });
  } finally {
    await teacher.dispose();
  }
}

/** What a teacher holds beside what is trained: weights, laid out for products too, and its distributions. */
export function teacherBytes(
  { config, parameters }: Pick<LoadedModel, 'config' | 'parameters'>,
  {
    rows,
    rowsAtOnce,
    columns,
  }: { readonly rows: number; readonly rowsAtOnce: number; readonly columns: number },
): number {
  const { weightBytes } = trainingMemory({ config, parameters, rows: 1, columns: 16 });
  // One whole, and of some rows what the graph makes of it and is given.
  const numbers = columns * config.vocabularySize * (rows + 3 * rowsAtOnce);
  return 2 * weightBytes + 4 * numbers;
}
