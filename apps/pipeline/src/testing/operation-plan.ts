/**
 * What `operation-hook` is asked to do, and the moments a run can be stopped at: by operation, so that no
 * clock decides.
 */

export interface OperationPlan {
  /** The run directory; what is written elsewhere does not count. */
  readonly directory: string;
  /** A file that gets a line an operation: its group, its name, its file. */
  readonly log?: string | undefined;
  readonly moment?: Moment | undefined;
}

export interface Moment {
  /** A stage's folder, or one of the groups around them. */
  readonly group: string;
  /** 1-based: the n-th operation of the group, or the first of a later group, when there are not so many. */
  readonly n: number;
  readonly how: 'kill before' | 'kill half-way' | 'kill after' | 'no space';
}

/** In the order in which a run comes to them. */
export const groups = [
  ...['lock', 'config'],
  ...['crawl', 'data', 'tokenizer', 'pretrain', 'sft', 'rl', 'control'],
  'report',
] as const;

/** `events` belong to all of them. */
export function groupOf(key: string): string {
  const [folder, ...rest] = key.split('/') as [string, ...string[]];
  if (rest.length > 0) return folder;
  if (folder.startsWith('run.lock')) return 'lock';
  if (folder.startsWith('report.')) return 'report';
  return folder === 'events.jsonl' ? 'events' : folder.startsWith('config.json') ? 'config' : folder;
}

export function isReached(moment: Moment, group: string, count: number): boolean {
  if (group === moment.group) return count === moment.n;
  const order: readonly string[] = groups;
  return order.includes(moment.group) && order.indexOf(group) > order.indexOf(moment.group);
}
