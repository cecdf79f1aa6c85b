/**
 * Counters and histograms in Prometheus' text format (exposition format 0.0.4). Left out: everything that a
 * process exporter tells (memory, processor time).
 */

export type Labels = Readonly<Record<string, string>>;

/** Upper bounds in seconds; from a token of a small model to the first token of a long prompt. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

const families = {
  llm_requests_total: { type: 'counter', help: 'Requests by route and status.' },
  llm_answers_total: { type: 'counter', help: 'Answers by model and why they ended.' },
  llm_prompt_tokens_total: { type: 'counter', help: 'Tokens read from prompts.' },
  llm_completion_tokens_total: { type: 'counter', help: 'Tokens drawn.' },
  llm_active_answers: { type: 'gauge', help: 'Answers that are generated now.' },
  llm_waiting_requests: { type: 'gauge', help: 'Requests that wait for a place.' },
  llm_batch_rows: { type: 'gauge', help: 'Rows in the running batch of a model.' },
  llm_batch_waiting_rows: { type: 'gauge', help: 'Rows that wait for memory, or to be read.' },
  llm_cache_bytes: { type: 'gauge', help: 'Keys and values of running rows and of the prefix cache.' },
  llm_reused_prompt_tokens_total: {
    type: 'counter',
    help: 'Tokens of prompts taken from the prefix cache instead of read.',
  },
  llm_time_to_first_token_seconds: {
    type: 'histogram',
    help: 'From the arrival of a request to the first part of an answer.',
  },
  llm_inter_token_seconds: { type: 'histogram', help: 'Between one part of an answer and the next.' },
} satisfies Readonly<Record<string, Family>>;

type Name = keyof typeof families;

export class Metrics {
  readonly #values = new Map<Name, Map<string, number>>();
  readonly #histograms = new Map<Name, Map<string, Histogram>>();

  add(name: Name, labels: Labels, amount = 1): void {
    const values = entry(this.#values, name, () => new Map<string, number>());
    const key = written(labels);
    values.set(key, (values.get(key) ?? 0) + amount);
  }

  set(name: Name, labels: Labels, value: number): void {
    entry(this.#values, name, () => new Map<string, number>()).set(written(labels), value);
  }

  observe(name: Name, labels: Labels, seconds: number): void {
    const all = entry(this.#histograms, name, () => new Map<string, Histogram>());
    const histogram = entry(all, written(labels), () => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }));
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) histogram.counts[bucket]!++;
    histogram.sum += seconds;
    histogram.count++;
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { type, help }] of Object.entries(families) as [Name, Family][]) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [labels, value] of this.#values.get(name) ?? []) lines.push(sample(name, labels, value));
      for (const [labels, histogram] of this.#histograms.get(name) ?? []) {
        let below = 0;
        for (const [index, bound] of bounds.entries()) {
          below += histogram.counts[index]!;
          lines.push(sample(`${name}_bucket`, joined(labels, `le="${bound}"`), below));
        }
        lines.push(sample(`${name}_bucket`, joined(labels, 'le="+Inf"'), histogram.count));
        lines.push(sample(`${name}_sum`, labels, histogram.sum));
        lines.push(sample(`${name}_count`, labels, histogram.count));
      }
    }
    return `${lines.join('\n')}\n`;
  }
}

function sample(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}`;
}

function joined(labels: string, more: string): string {
  return labels === '' ? more : `${labels},${more}`;
}

function written(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
    .join(',');
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
