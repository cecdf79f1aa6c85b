/** What `llm prefer --method` takes. */

/** Those of `directPreference` by its names. */
export const preferenceForms = [
  'robust',
  'hinge',
  'ipo',
  'sigmoid_norm',
  'apo_zero',
  'apo_down',
  'discopop',
] as const;

/**
 * `dpo` is the form `sigmoid`; `reward` trains a model that scores answers, `process` one that scores the
 * steps of answers.
 */
export const preferMethods = [
  'dpo',
  ...preferenceForms,
  'kto',
  'simpo',
  'cpo',
  'orpo',
  'reward',
  'process',
] as const;

export type PreferMethod = (typeof preferMethods)[number];

/** Those that learn from pairs. */
export type PairMethod = Exclude<PreferMethod, 'process'>;
