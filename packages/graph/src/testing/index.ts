export { estimatePeakMemory } from './estimate-peak-memory.js';
export { executorContract } from './executor-contract.js';
