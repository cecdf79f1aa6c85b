import { LlmError } from '@llm/core';

/**
 * Options with the defaults for what is not given: the thresholds that hold, as a step shows them to whoever
 * asks what a run was made with. Throws `data/option-invalid` for an option that the step does not have: it
 * would have no effect.
 */
export function withDefaults<Settings extends object>(
  step: string,
  defaults: Settings,
  options: { readonly [Name in keyof Settings]?: Settings[Name] | undefined },
): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const strange = given.find(([name]) => !Object.hasOwn(defaults, name))?.[0];
  if (strange !== undefined)
    throw new LlmError({
      code: 'data/option-invalid',
      message: `The step ${step} has no option "${strange}". It has ${Object.keys(defaults).join(', ')}.`,
      details: { step, option: strange },
    });
  return { ...defaults, ...(Object.fromEntries(given) as Partial<Settings>) };
}
