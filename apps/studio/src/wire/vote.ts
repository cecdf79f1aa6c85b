/**
 * What people said of two answers to the same prompt, in the arena or on samples of practice, and the pairs
 * that training on preferences reads. A run keeps votes in `preferences/votes.jsonl`, a line each; a later
 * line with the same id replaces an earlier one. Beside it `pairs.jsonl` holds what they amount to.
 */

/** `withdrawn`: taken back; it counts for nothing. */
export const verdicts = ['left', 'right', 'tie', 'both-bad', 'withdrawn'] as const;
export type Verdict = (typeof verdicts)[number];

/** A message as the OpenAI API has it. */
export interface VotedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tool_calls?: readonly VotedCall[] | undefined;
  readonly tool_call_id?: string | undefined;
}

export interface VotedCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface VotedAnswer {
  /** A model, or a sample of practice: `rl.3.12` is the one at 12 of step 3. */
  readonly from: string;
  readonly messages: readonly VotedMessage[];
}

export interface Vote {
  /** Letters, digits, `.`, `_`, `-`; 100 at most. */
  readonly id: string;
  readonly kind: 'arena' | 'ranking';
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly prompt: readonly VotedMessage[];
  readonly left: VotedAnswer;
  readonly right: VotedAnswer;
  readonly verdict: Verdict;
}

/** `GET runs/:id/votes`. */
export interface KeptVotes {
  /** Those that stand, in their order. */
  readonly votes: readonly Vote[];
  /** Lines that are no vote: of another version, or half written. */
  readonly damaged: number;
  /** Where the pairs lie, as a person would type it; null: there is no server. */
  readonly pairs: string | null;
}

/** The last word on each, without what was withdrawn. */
export function standingVotes(votes: Iterable<Vote>): Vote[] {
  const last = new Map<string, Vote>();
  for (const vote of votes) {
    // A changed mind is the newest.
    last.delete(vote.id);
    last.set(vote.id, vote);
  }
  return [...last.values()].filter(({ verdict }) => verdict !== 'withdrawn');
}

export interface PreferenceLine {
  readonly id: string;
  readonly prompt: readonly VotedMessage[];
  readonly chosen: readonly VotedMessage[];
  readonly rejected: readonly VotedMessage[];
}

/**
 * Rows in TRL's form. Only a vote for one side says which answer is better; equal answers teach nothing, and
 * an empty one cannot be trained on.
 */
export function preferenceLines(votes: readonly Vote[]): PreferenceLine[] {
  return votes.flatMap(({ id, prompt, left, right, verdict }) => {
    if (verdict !== 'left' && verdict !== 'right') return [];
    const [better, worse] = verdict === 'left' ? [left, right] : [right, left];
    if (!saysSomething(better) || !saysSomething(worse) || textOf(better) === textOf(worse)) return [];
    return [{ id, prompt, chosen: better.messages, rejected: worse.messages }];
  });
}

const textOf = ({ messages }: VotedAnswer): string =>
  JSON.stringify(
    messages.map(({ role, content, tool_calls: calls = [] }) => [
      role,
      content,
      calls.map(({ function: called }) => [called.name, called.arguments]),
    ]),
  );

const saysSomething = ({ messages }: VotedAnswer): boolean =>
  messages.some(({ content, tool_calls: calls = [] }) => content.trim() !== '' || calls.length > 0);

export const linesOf = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const roles = new Set(['system', 'user', 'assistant', 'tool']);

/** Whether a value from elsewhere is a vote, to the last field. */
export function isVote(value: unknown): value is Vote {
  const vote = value as Partial<Vote> | null;
  return (
    typeof vote === 'object' &&
    vote !== null &&
    typeof vote.id === 'string' &&
    /^[\w.-]{1,100}$/.test(vote.id) &&
    (vote.kind === 'arena' || vote.kind === 'ranking') &&
    Number.isSafeInteger(vote.time) &&
    verdicts.includes(vote.verdict as Verdict) &&
    areMessages(vote.prompt) &&
    isAnswer(vote.left) &&
    isAnswer(vote.right) &&
    vote.left.from !== vote.right.from
  );
}

function isAnswer(value: unknown): value is VotedAnswer {
  const answer = value as Partial<VotedAnswer> | null | undefined;
  return (
    typeof answer?.from === 'string' &&
    answer.from !== '' &&
    answer.from.length <= 500 &&
    areMessages(answer.messages)
  );
}

function areMessages(value: unknown): value is VotedMessage[] {
  return Array.isArray(value) && value.length > 0 && value.length <= 1000 && value.every(isMessage);
}

function isMessage(value: unknown): boolean {
  const message = value as Partial<VotedMessage> | null | undefined;
  const { tool_calls: calls, tool_call_id: answered } = message ?? {};
  return (
    roles.has(message?.role as string) &&
    typeof message?.content === 'string' &&
    (answered === undefined || typeof answered === 'string') &&
    (calls === undefined || (Array.isArray(calls) && calls.every(isCall)))
  );
}

function isCall(value: unknown): boolean {
  const call = value as Partial<VotedCall> | null | undefined;
  return (
    typeof call?.id === 'string' &&
    call.type === 'function' &&
    typeof call.function?.name === 'string' &&
    typeof call.function.arguments === 'string'
  );
}
