/** What stands in the form, and the run that it asks for. */
import type { RunRequest } from '../../wire/index.js';

export type InputKind = 'miniweb' | 'warc' | 'text' | 'jsonl';

export interface RunDraft {
  preset: RunRequest['preset'];
  input: InputKind;
  /** Paths, a line each. */
  paths: string;
  conversations: string;
  /** As typed; empty: the preset's. */
  numbers: Record<NumberField, string>;
  record: boolean;
}

export const numberFields = {
  size: 'Pages of the invented web',
  vocabulary: 'Vocabulary',
  depth: 'Layers',
  context: 'Context, in tokens',
  pretrainSteps: 'Steps of the base model',
  sftSteps: 'Steps of fine-tuning',
  rlSteps: 'Steps of practice',
  seed: 'Seed',
  threads: 'Threads',
} as const;
export type NumberField = keyof typeof numberFields;

export function emptyDraft(): RunDraft {
  return {
    preset: 'smoke',
    ...{ input: 'miniweb', paths: '', conversations: '', record: true },
    numbers: Object.fromEntries(Object.keys(numberFields).map((name) => [name, ''])) as RunDraft['numbers'],
  };
}

export function requestOf({ preset, input, paths, conversations, numbers, record }: RunDraft): RunRequest {
  const given = linesOf(paths);
  const talks = linesOf(conversations);
  const filled = Object.entries(numbers).filter(
    ([name, text]) => text.trim() !== '' && (name !== 'size' || input === 'miniweb'),
  );
  return {
    preset,
    ...Object.fromEntries(filled.map(([name, text]) => [name, Number(text)])),
    ...(input === 'miniweb' ? {} : { [input]: given }),
    ...(talks.length === 0 ? {} : { conversations: talks }),
    record,
  };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What a file is taken as, by its name. */
export function inputOf(name: string): InputKind | 'conversations' | undefined {
  if (/\.(w?arc|wet)(\.gz)?$/i.test(name)) return 'warc';
  if (/\.(txt|md)(\.gz)?$/i.test(name)) return 'text';
  if (/(chat|conversation|messages)[^/]*\.(jsonl|ndjson|json)(\.gz)?$/i.test(name)) return 'conversations';
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(name)) return 'jsonl';
  return undefined;
}
