/**
 * How strong each of several models is, from votes between two of them (Bradley and Terry 1952, as Chatbot
 * Arena fits it: Chiang et al. 2024): a beats b with chance σ(s_a − s_b), shown on Elo's scale, where 400
 * points are odds of 10 to 1. All votes are fitted at once, so that their order changes nothing. A vote for
 * neither counts as half a win for each, as there.
 *
 * Strengths have a normal prior, without which a model that never lost would be infinitely strong: the fit is
 * its posterior's mode, the interval that of the normal distribution with the same curvature there
 * (Laplace). Left out: strengths that change, and what voters owe to sides or lengths.
 */
import { checkNumber, LlmError } from '@llm/core';

export interface Comparison {
  readonly first: string;
  readonly second: string;
  /** Whom the vote was for. */
  readonly winner: 'first' | 'second' | 'neither';
}

export interface FitRatingsOptions {
  /** Standard deviation of the prior, in points. Default 400. */
  readonly prior?: number | undefined;
  /** Rated though nothing was compared with them. Default: none. */
  readonly others?: readonly string[] | undefined;
}

export interface Rating {
  readonly name: string;
  /** The mean of all is 1000. */
  readonly rating: number;
  /** 95 %. */
  readonly interval: readonly [least: number, most: number];
}

/** Of a natural logarithm of odds. */
const pointsPerLogit = 400 / Math.LN10;
const meanRating = 1000;
const normal95 = 1.959964;
const mostRounds = 200;

/** The strongest first. Throws `core/option-invalid`, and `rl/comparison-invalid` for one with itself. */
export function fitRatings(
  comparisons: readonly Comparison[],
  { prior = 400, others = [] }: FitRatingsOptions = {},
): Rating[] {
  checkNumber('prior', prior, { minimum: 1e-6 });
  const names = [...new Set([...comparisons.flatMap(({ first, second }) => [first, second]), ...others])];
  const index = new Map(names.map((name, at) => [name, at]));
  const wins = countWins(comparisons, index);
  const precision = (pointsPerLogit / prior) ** 2;
  const { strengths, curvature } = mode(wins, precision);
  const spreads = centredDeviations(curvature);
  return names
    .map((name, at): Rating => {
      const rating = meanRating + pointsPerLogit * strengths[at]!;
      const half = normal95 * pointsPerLogit * spreads[at]!;
      return { name, rating, interval: [rating - half, rating + half] };
    })
    .sort((a, b) => b.rating - a.rating || (a.name < b.name ? -1 : 1));
}

type Matrix = number[][];

const square = (size: number): Matrix => Array.from({ length: size }, () => new Array<number>(size).fill(0));

/** [i][j]: wins of i over j; halves where neither won. */
function countWins(comparisons: readonly Comparison[], index: ReadonlyMap<string, number>): Matrix {
  const wins = square(index.size);
  for (const { first, second, winner } of comparisons) {
    if (first === second)
      throw new LlmError({
        code: 'rl/comparison-invalid',
        message: `"${first.slice(0, 100)}" was compared with itself, which says nothing.`,
      });
    const share = winner === 'neither' ? 0.5 : winner === 'first' ? 1 : 0;
    const [a, b] = [index.get(first)!, index.get(second)!];
    wins[a]![b]! += share;
    wins[b]![a]! += 1 - share;
  }
  return wins;
}

/** Newton's method on a concave function; a step that would go down is halved. */
function mode(wins: Matrix, precision: number): { readonly strengths: number[]; readonly curvature: Matrix } {
  let strengths = new Array<number>(wins.length).fill(0);
  let height = logPosterior(wins, strengths, precision);
  for (let round = 0; round < mostRounds; round++) {
    const { gradient, curvature } = derivatives(wins, strengths, precision);
    const step = solve(factor(curvature), gradient);
    let share = 1;
    let next = strengths;
    let reached = height;
    for (; share > 1e-9; share /= 2) {
      next = strengths.map((value, at) => value + share * step[at]!);
      reached = logPosterior(wins, next, precision);
      if (reached >= height) break;
    }
    const moved = Math.max(0, ...step.map((value) => Math.abs(value * share)));
    if (reached >= height) {
      strengths = next;
      height = reached;
    }
    if (moved < 1e-10) break;
  }
  return { strengths, curvature: derivatives(wins, strengths, precision).curvature };
}

/** log σ(x), also where exp(−x) is past every number. */
const logSigmoid = (x: number): number => Math.min(0, x) - Math.log1p(Math.exp(-Math.abs(x)));

function logPosterior(wins: Matrix, strengths: readonly number[], precision: number): number {
  let sum = 0;
  for (const [a, row] of wins.entries())
    for (const [b, count] of row.entries())
      if (count > 0) sum += count * logSigmoid(strengths[a]! - strengths[b]!);
  return strengths.reduce((all, value) => all - (precision * value * value) / 2, sum);
}

/** Of the log posterior: its slope, and minus its second derivatives. */
function derivatives(
  wins: Matrix,
  strengths: readonly number[],
  precision: number,
): { readonly gradient: number[]; readonly curvature: Matrix } {
  const gradient = strengths.map((value) => -precision * value);
  const curvature = square(wins.length);
  for (let a = 0; a < wins.length; a++) {
    curvature[a]![a]! += precision;
    for (let b = 0; b < a; b++) {
      const games = wins[a]![b]! + wins[b]![a]!;
      if (games === 0) continue;
      const chance = 1 / (1 + Math.exp(strengths[b]! - strengths[a]!));
      const surplus = wins[a]![b]! - games * chance;
      gradient[a]! += surplus;
      gradient[b]! -= surplus;
      const weight = games * chance * (1 - chance);
      curvature[a]![a]! += weight;
      curvature[b]![b]! += weight;
      curvature[a]![b]! -= weight;
      curvature[b]![a]! -= weight;
    }
  }
  return { gradient, curvature };
}

/**
 * Deviation of each strength from the mean of all, which the votes say nothing about: with P = I − 11ᵀ/n the
 * roots of the diagonal of P·H⁻¹·P.
 */
function centredDeviations(curvature: Matrix): number[] {
  const lower = factor(curvature);
  const n = curvature.length;
  return curvature.map((_, at) => {
    const direction = Array.from({ length: n }, (_each, other) => (other === at ? 1 : 0) - 1 / n);
    const solved = solve(lower, direction);
    return Math.sqrt(
      Math.max(
        0,
        direction.reduce((sum, value, other) => sum + value * solved[other]!, 0),
      ),
    );
  });
}

/** Cholesky's lower factor of a matrix that the prior makes positive definite. */
function factor(matrix: Matrix): Matrix {
  const lower = square(matrix.length);
  for (let row = 0; row < matrix.length; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row]![column]!;
      for (let k = 0; k < column; k++) sum -= lower[row]![k]! * lower[column]![k]!;
      lower[row]![column] = row === column ? Math.sqrt(sum) : sum / lower[column]![column]!;
    }
  return lower;
}

function solve(lower: Matrix, right: readonly number[]): number[] {
  const n = lower.length;
  const solution = [...right];
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < row; k++) solution[row]! -= lower[row]![k]! * solution[k]!;
    solution[row]! /= lower[row]![row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) solution[row]! -= lower[k]![row]! * solution[k]!;
    solution[row]! /= lower[row]![row]!;
  }
  return solution;
}
