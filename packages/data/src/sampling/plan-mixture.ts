/**
 * How often each group of documents (a source, a language) is read, so that the groups have given shares of a
 * budget. A group that is read 2.4 times gives every document twice and those of 40 % of its size a third
 * time, chosen by hash. Shares are weights, or the sizes under a temperature: share ∝ size^(1/T), as
 * multilingual models sample languages (mBERT, XLM-R, mT5): 1 leaves sizes as they are, higher evens out.
 */
import { checkNumber, LlmError } from '@llm/core';

/** Sizes are kept by so many equal divisions of the hashes: the budget is met to a division of each group. */
export const divisions = 4096;

export class GroupSize {
  documents = 0;
  readonly byDivision = new Float64Array(divisions);

  add(division: number, size: number): void {
    this.documents++;
    this.byDivision[division] = this.byDivision[division]! + size;
  }

  get total(): number {
    return this.byDivision.reduce((sum, size) => sum + size, 0);
  }
}

export interface MixtureOptions {
  /** By group, each above 0; groups without one are an error. Default: `temperature`. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** At least 1. Default 1: shares are those of the sizes. */
  readonly temperature?: number | undefined;
  /** In the unit of the sizes. Default: as much as there is without reading anything twice. */
  readonly budget?: number | undefined;
  /** More would repeat a group too often (Muennighoff et al. 2023 saw no loss up to 4). Default 4. */
  readonly maximumEpochs?: number | undefined;
}

export interface GroupPlan {
  /** Of the budget, 0…1. */
  readonly share: number;
  readonly documents: number;
  readonly size: number;
  /** How often it is read, in units of its size. */
  readonly epochs: number;
  /** Every document comes so often, */
  readonly whole: number;
  /** and once more where its division is below this. */
  readonly moreBelow: number;
}

/** Throws `core/option-invalid`, `data/mixture-group`, `data/mixture-too-small`. */
export function planMixture(
  groups: ReadonlyMap<string, GroupSize>,
  options: MixtureOptions = {},
): ReadonlyMap<string, GroupPlan> {
  const { weights, temperature, budget: wanted, maximumEpochs = 4 } = options;
  checkNumber('maximumEpochs', maximumEpochs, { above: 0 });
  if (wanted !== undefined) checkNumber('budget', wanted, { above: 0 });
  if (temperature !== undefined) checkNumber('temperature', temperature, { minimum: 1 });
  if (weights !== undefined && temperature !== undefined)
    throw new LlmError({
      code: 'core/option-invalid',
      message: 'weights say the shares, and so does temperature. Give one of them.',
      details: { option: 'temperature' },
    });
  const sizes = new Map([...groups].map(([name, group]) => [name, group.total]));
  const shares = sharesOf(sizes, weights, temperature ?? 1);
  const once = Math.min(...[...shares].map(([name, share]) => sizes.get(name)! / share));
  const budget = wanted ?? once;
  const plans = new Map<string, GroupPlan>();
  for (const [name, share] of shares) {
    const group = groups.get(name)!;
    // A group that is just used up must not miss its last document by rounding.
    const epochs = Math.round(((share * budget) / sizes.get(name)!) * 1e9) / 1e9;
    if (epochs > maximumEpochs) throw tooSmall(name, epochs, maximumEpochs);
    plans.set(name, { share, ...readingOf(group, epochs) });
  }
  return plans;
}

function readingOf(group: GroupSize, epochs: number): Omit<GroupPlan, 'share'> {
  const total = group.total;
  const whole = Math.floor(epochs);
  const rest = (epochs - whole) * total;
  let [sum, moreBelow] = [0, 0];
  // To the nearer side of the division that the budget ends in.
  while (moreBelow < divisions && sum + group.byDivision[moreBelow]! / 2 < rest)
    sum += group.byDivision[moreBelow++]!;
  const size = whole * total + sum;
  return { documents: group.documents, size: total, epochs: size / total, whole, moreBelow };
}

function sharesOf(
  sizes: ReadonlyMap<string, number>,
  weights: Readonly<Record<string, number>> | undefined,
  temperature: number,
): ReadonlyMap<string, number> {
  const names = [...sizes.keys()].sort();
  const empty = names.find((name) => !(sizes.get(name)! > 0));
  if (names.length === 0 || empty !== undefined)
    throw wrongGroup(empty ?? '', `${empty === undefined ? 'There' : `In "${empty}" there`} is no document`);
  for (const name of Object.keys(weights ?? {})) {
    checkNumber(`the weight of ${name}`, weights![name], { above: 0 });
    if (!sizes.has(name)) throw wrongGroup(name, `A weight is given for "${name}", which no document is of`);
  }
  const without = weights && names.find((name) => !Object.hasOwn(weights, name));
  if (without !== undefined) throw wrongGroup(without, `"${without}" has no weight`);
  const raw = names.map((name) => weights?.[name] ?? sizes.get(name)! ** (1 / temperature));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return new Map(names.map((name, index) => [name, raw[index]! / sum]));
}

const wrongGroup = (group: string, what: string): LlmError =>
  new LlmError({
    code: 'data/mixture-group',
    message: `${what}. Give every group that has documents a weight, and no other.`,
    details: { group },
  });

const tooSmall = (group: string, epochs: number, maximum: number): LlmError =>
  new LlmError({
    code: 'data/mixture-too-small',
    message: `"${group}" would have to be read ${epochs.toFixed(2)} times, and ${maximum} is the most. Lower the budget or its weight, or raise maximumEpochs.`,
    details: { group, epochs, maximum },
  });
