import { checkOptions, type OptionKinds } from '../page/check-options.js';

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
  const kinds = Object.entries(defaults).map(([name, value]) => [name, kindOf(value)]);
  checkOptions<object>(`The step ${step}`, options, Object.fromEntries(kinds) as OptionKinds<object>);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<Settings>) };
}

/** A language may be a function that cuts words; what has no default is a function. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'function';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text|function' : typeof value;
}
