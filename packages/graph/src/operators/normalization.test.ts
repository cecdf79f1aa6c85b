import { describe, expect, test } from 'vitest';
import { layerNormalization, rmsNormalization } from '../functions/normalization.js';
import { executorUnderTest } from '../testing/executor-under-test.js';
import { operatorChecks } from '../testing/operator-checks.js';
import { normalizationOperators } from './normalization.js';

describe('normalisation', () => {
  operatorChecks(
    { test, expect },
    normalizationOperators,
    {
      SimplifiedLayerNormalization: [
        {
          inputs: { x: { shape: [2, 3, 8] }, weight: { shape: [8], values: 'positive' } },
          build: ({ x, weight }) => rmsNormalization(x!, weight!, 1e-3),
          shapes: [[2, 3, 8]],
        },
        {
          inputs: { x: { shape: [3, 8] } },
          build: ({ x }) => rmsNormalization(x!, undefined),
          shapes: [[3, 8]],
        },
      ],
      LayerNormalization: [
        {
          inputs: { x: { shape: [2, 3, 8] }, weight: { shape: [8] }, bias: { shape: [8] } },
          build: ({ x, weight, bias }) => layerNormalization(x!, weight!, bias!, 1e-3),
          shapes: [[2, 3, 8]],
        },
        {
          inputs: { x: { shape: [3, 8] } },
          build: ({ x }) => layerNormalization(x!, undefined, undefined),
          shapes: [[3, 8]],
        },
      ],
    },
    executorUnderTest(),
  );
});
