export const stepPresets = ['datatrove-0.10', 'fineweb-v1', 'fineweb-2'] as const;
export type StepPreset = (typeof stepPresets)[number];
