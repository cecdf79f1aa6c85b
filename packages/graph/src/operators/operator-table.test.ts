import { expect, test } from 'vitest';
import { gradientTable } from '../gradients/gradient-table.js';
import { referenceKernels } from '../reference/reference-executor.js';
import { operatorTable } from './operator-table.js';

test('the reference interpreter has exactly the operators of the table', () => {
  expect(Object.keys(referenceKernels).sort()).toEqual(Object.keys(operatorTable).sort());
});

test('every operator of the table says how its gradient flows', () => {
  expect(Object.keys(gradientTable).sort()).toEqual(Object.keys(operatorTable).sort());
});
