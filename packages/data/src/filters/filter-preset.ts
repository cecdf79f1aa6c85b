/** datatrove's behaviour today, which can be compared exactly, or the FineWeb release's. */
export type FilterPreset = 'datatrove-0.10' | 'fineweb-v1';
