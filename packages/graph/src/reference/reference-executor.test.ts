import { describe, expect, test } from 'vitest';
import { executorContract } from '../testing/executor-contract.js';
import { referenceExecutor } from './reference-executor.js';

describe('reference interpreter', () => {
  executorContract({ test, expect }, () => referenceExecutor);
});
