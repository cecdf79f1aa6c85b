export type { ContractTools, Matchers } from './contract-tools.js';
export { estimatePeakMemory } from './estimate-peak-memory.js';
export { executorContract } from './executor-contract.js';
