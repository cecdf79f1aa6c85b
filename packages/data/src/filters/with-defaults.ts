/**
 * Options with the defaults for what is not given: the thresholds that hold, as a step shows them to whoever
 * asks what a run was made with.
 */
export function withDefaults<Settings extends object>(
  defaults: Settings,
  options: { readonly [Name in keyof Settings]?: Settings[Name] | undefined },
): Settings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<Settings>) };
}
