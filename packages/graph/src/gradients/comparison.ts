/** Comparisons and logic are piecewise constant. */
import type { GradientFamily } from '../graph/graph.js';

export const comparisonGradients: GradientFamily = {
  Equal: 'zero',
  Greater: 'zero',
  GreaterOrEqual: 'zero',
  Less: 'zero',
  LessOrEqual: 'zero',
  And: 'zero',
  Or: 'zero',
  Not: 'zero',
};
