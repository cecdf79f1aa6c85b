export type { ContractTools, Matchers } from './contract-tools.js';
export { executorContract } from './executor-contract.js';
