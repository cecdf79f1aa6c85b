/** The state both displays draw from: what a stage is doing now, at which rate, and what it measured last. */
import type { RunEvent } from '@llm/core';
import { formatCount, formatMetric, formatSeconds } from './format.js';
import { ProgressRate } from './progress-rate.js';

/** Metrics worth a place on the line, in this order. */
const shownMetrics = [
  'loss',
  'bits_per_byte',
  'eval_loss',
  'reward',
  'accuracy',
  'format_valid',
  'right_sums',
  'right_facts',
];

export class StageActivity {
  done = 0;
  total: number | undefined;
  unit = '';
  #part = '';
  #rate = new ProgressRate();
  /** Of the newest measurement alone: an older one is not how things are. */
  #metrics: Readonly<Record<string, number>> = {};

  constructor(readonly label: string) {}

  /** Returns whether the line changed. */
  update(event: RunEvent): boolean {
    if (event.type === 'metric') {
      this.#metrics = event.values;
      return true;
    }
    if (event.type !== 'progress') return false;
    if (event.unit !== this.unit || event.stage !== this.#part) {
      this.#rate = new ProgressRate();
      // What was measured before other work began is over.
      if (this.unit !== '') this.#metrics = {};
      this.unit = event.unit;
      this.#part = event.stage;
    }
    this.done = event.done;
    this.total = event.total;
    this.#rate.update(event.time, event.done, event.total);
    return true;
  }

  /** `120/400 steps  31 %  2.4 steps/s  2 min 10 s left  loss 3.21` */
  describe(now = Date.now()): string {
    const { perSecond, secondsLeft } = this.#rate.estimate(now);
    const share = this.total ? `${Math.floor((100 * this.done) / this.total)} %` : undefined;
    const amount = this.total
      ? `${formatCount(this.done)}/${formatCount(this.total)}`
      : formatCount(this.done);
    return [
      this.unit === '' ? undefined : `${amount} ${this.unit}`,
      share,
      perSecond === undefined ? undefined : `${formatCount(perSecond)} ${this.unit}/s`,
      secondsLeft === undefined ? undefined : `${formatSeconds(secondsLeft)} left`,
      ...shownMetrics.map((name) => {
        const value = this.#metrics[name];
        return value === undefined ? undefined : `${name} ${formatMetric(value)}`;
      }),
    ]
      .filter((part) => part !== undefined)
      .join('  ');
  }
}
