/** What the base model and the assistant are trained with. */
import { muon, type Optimizer } from '@llm/model';

/**
 * Three Newton–Schulz iterations where the paper has five: at these sizes the losses are the same
 * (RESULTS.md, "Muon"), and two of five are saved of what is a seventh of a step's operations.
 */
export const trainingOptimizer = (weightDecay?: number): Optimizer => muon({ iterations: 3, weightDecay });
