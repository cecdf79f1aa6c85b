export { executorContract } from './executor-contract.js';
