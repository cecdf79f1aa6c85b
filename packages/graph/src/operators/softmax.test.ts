import { describe, expect, test } from 'vitest';
import { logSoftmax, softmax } from '../functions/softmax.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { softmaxOperators } from './softmax.js';

describe('softmax', () => {
  operatorChecks(
    { test, expect },
    softmaxOperators,
    {
      Softmax: [
        {
          inputs: { x: { shape: [2, 3, 5] } },
          build: ({ x }) => [softmax(x!), softmax(x!, 1)],
          shapes: [
            [2, 3, 5],
            [2, 3, 5],
          ],
        },
      ],
      LogSoftmax: [
        {
          inputs: { x: { shape: [2, 3, 5] } },
          build: ({ x }) => [logSoftmax(x!), logSoftmax(x!, 1)],
          shapes: [
            [2, 3, 5],
            [2, 3, 5],
          ],
        },
      ],
    },
    executorUnderTest(),
  );
});
