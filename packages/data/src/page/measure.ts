/**
 * What a rule saw of a page, beside the threshold that it compared it with: why a page was dropped, or how
 * near it came, and what another threshold would have said.
 */
export interface Measure {
  /** The rule, and the reason when it drops the page. */
  readonly name: string;
  readonly value: number;
  /** The page passes when its value is at `least`, at `most`, `above` or `below` the threshold. */
  readonly bound: 'least' | 'most' | 'above' | 'below';
  readonly threshold: number;
  /**
   * The option of the step that sets the threshold: `minWords`, `topGrams.2`. None: the rule asks for a fact,
   * and no threshold changes its answer.
   */
  readonly option?: string | undefined;
}

/** A value that is no number (the share of nothing) drops no page: datatrove compares so, too. */
export function passes({ value, bound, threshold }: Measure): boolean {
  switch (bound) {
    case 'least':
      return !(value < threshold);
    case 'most':
      return !(value > threshold);
    case 'above':
      return !(value <= threshold);
    case 'below':
      return !(value >= threshold);
  }
}

export function atLeast(name: string, value: number, threshold: number, option?: string): Measure {
  return { name, value, bound: 'least', threshold, option };
}

export function atMost(name: string, value: number, threshold: number, option?: string): Measure {
  return { name, value, bound: 'most', threshold, option };
}

export function above(name: string, value: number, threshold: number, option?: string): Measure {
  return { name, value, bound: 'above', threshold, option };
}

export function below(name: string, value: number, threshold: number, option?: string): Measure {
  return { name, value, bound: 'below', threshold, option };
}

/** A rule that asks for a fact: the page passes where there is none. */
export function none(name: string, count: number): Measure {
  return { name, value: count, bound: 'most', threshold: 0 };
}
