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

/** `dpo` is the form `sigmoid`; `reward` trains a model that scores answers. */
export const preferMethods = ['dpo', ...preferenceForms, 'kto', 'simpo', 'cpo', 'orpo', 'reward'] as const;

export type PreferMethod = (typeof preferMethods)[number];
