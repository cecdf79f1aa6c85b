/** The two behaviours worth having: datatrove's today, which can be compared exactly, and the FineWeb release's. */
export type FilterPreset = 'datatrove-0.10' | 'fineweb-v1';
