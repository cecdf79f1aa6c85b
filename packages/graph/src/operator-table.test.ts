import { expect, test } from 'vitest';
import { operatorTable } from './operator-table.js';
import { referenceKernels } from './reference/reference-executor.js';

test('the reference interpreter has exactly the operators of the table', () => {
  expect(Object.keys(referenceKernels).sort()).toEqual(Object.keys(operatorTable).sort());
});
