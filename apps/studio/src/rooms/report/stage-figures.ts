/**
 * The figures that a stage is known by, from the summary it ends with, each with the room that shows where it
 * comes from. What a summary does not hold is left out: it may be of another version.
 */
import type { JsonValue } from '@llm/core';
import { formatBytes, formatCount, formatFigure, formatPercent } from '../../components/format.js';

export interface StageFigure {
  readonly name: string;
  readonly value: string;
  readonly beside?: string | undefined;
  readonly room: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

export type Summary = Readonly<Record<string, JsonValue>>;

/** What people call the stages, in their order. */
export const stageTitles: ReadonlyMap<string, string> = new Map([
  ['crawl', 'Crawl'],
  ['captures', 'Crawl'],
  ['data', 'Clean text'],
  ['tokenizer', 'Tokenizer'],
  ['pretrain', 'Base model'],
  ['sft', 'Fine-tuning'],
  ['rl', 'Practice'],
  ['control', 'Control: random rewards'],
]);

export function stageFigures(stage: string, summary: Summary): StageFigure[] {
  const figures: (StageFigure | undefined)[] = figuresOf[stage]?.(reader(summary)) ?? [];
  return figures.filter((figure) => figure !== undefined);
}

interface Reader {
  number(name: string): number | undefined;
  /** Both numbers of an interval. */
  pair(name: string): readonly [number, number] | undefined;
}

function reader(summary: Summary): Reader {
  return {
    number: (name) => {
      const value = summary[name];
      return typeof value === 'number' ? value : undefined;
    },
    pair: (name) => {
      const value = summary[name];
      return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number'
        ? [value[0], value[1]]
        : undefined;
    },
  };
}

type Format = (value: number) => string;
type Place = readonly [room: string, query?: Readonly<Record<string, string>>];

function figure(
  name: string,
  value: number | undefined,
  format: Format,
  [room, query]: Place,
  beside?: string,
) {
  return value === undefined ? undefined : { name, value: format(value), beside, room, query };
}

/** `0.05 → 0.81` as the value after, beside the one before. */
function change(
  name: string,
  before: number | undefined,
  after: number | undefined,
  format: Format,
  place: Place,
  more = '',
) {
  const was = before === undefined ? '' : `was ${format(before)}`;
  return figure(
    name,
    after,
    format,
    place,
    [was, more].filter((text) => text !== '').join(', ') || undefined,
  );
}

const training = (stage: string, metric: string): Place => ['training', { stage, metric }];

function practice(stage: string): (of: Reader) => (StageFigure | undefined)[] {
  return ({ number, pair }) => {
    const interval = pair('intervalAfter');
    const range = interval && `95 %: ${formatPercent(interval[0])} to ${formatPercent(interval[1])}`;
    return [
      change(
        'Right answers',
        number('accuracyBefore'),
        number('accuracyAfter'),
        formatPercent,
        training(stage, 'accuracy'),
        [range, number('n') && `of ${number('n')} questions`].filter(Boolean).join(', '),
      ),
      change(
        'Right by samples',
        number('sampledAccuracyBefore'),
        number('sampledAccuracyAfter'),
        formatPercent,
        training(stage, 'sampled_accuracy'),
      ),
      change(
        'Answers that call the calculator',
        number('toolCallRateBefore'),
        number('toolCallRateAfter'),
        formatPercent,
        training(stage, 'tool_call_rate'),
      ),
      figure('Steps', number('steps'), formatCount, ['rollouts', { stage }]),
    ];
  };
}

const figuresOf: Readonly<Record<string, (of: Reader) => (StageFigure | undefined)[]>> = {
  crawl: ({ number }) => [
    figure('Pages', number('pages'), formatCount, ['data']),
    figure('Size', number('bytes'), formatBytes, ['data']),
  ],
  captures: ({ number }) => [figure('Pages', number('pages'), formatCount, ['data'])],
  data: ({ number }) => [
    figure('Pages kept', number('kept'), formatCount, ['data'], `of ${formatCount(number('pages') ?? 0)}`),
    figure('Characters', number('characters'), formatCount, ['data', { show: 'kept' }]),
  ],
  tokenizer: ({ number }) => [
    figure('Vocabulary', number('vocabularySize'), formatCount, ['tokenizer']),
    figure('Bytes per token', number('bytesPerToken'), formatFigure, ['tokenizer']),
  ],
  pretrain: ({ number }) => [
    change(
      'Bits per byte',
      number('bitsPerByteBefore'),
      number('bitsPerByteAfter'),
      formatFigure,
      training('pretrain', 'bits_per_byte'),
    ),
    figure('Parameters', number('parameters'), formatCount, ['inside']),
    figure('Tokens trained on', number('trainedTokens'), formatCount, training('pretrain', 'num_tokens')),
  ],
  sft: ({ number }) => [
    change(
      'Held-out loss',
      number('heldOutLossBefore'),
      number('heldOutLossAfter'),
      formatFigure,
      training('sft', 'eval_loss'),
    ),
    change(
      'Whole messages',
      number('formatValidBefore'),
      number('formatValidAfter'),
      formatPercent,
      training('sft', 'format_valid'),
    ),
    change(
      'Right sums',
      number('rightSumsBefore'),
      number('rightSumsAfter'),
      formatPercent,
      training('sft', 'right_sums'),
    ),
    change(
      'Right facts',
      number('rightFactsBefore'),
      number('rightFactsAfter'),
      formatPercent,
      training('sft', 'right_facts'),
    ),
  ],
  rl: practice('rl'),
  control: practice('control'),
};
