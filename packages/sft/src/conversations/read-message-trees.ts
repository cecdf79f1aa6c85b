/**
 * Message trees of OpenAssistant (OASST1 and OASST2, `…_trees.jsonl`; Köpf et al. 2023): a prompt, replies to
 * it that people ranked, replies to those, and so on. A tree becomes conversations, a path from its root to
 * an answer each, and rankings of the answers that stand beside each other, for `rankedPairs` of `@llm/rl`.
 */
import type { Conversation, Part } from '@llm/core';
import { checkChoice } from '@llm/core';
import type { ParsedRow, RowProblem } from './parse-row.js';
import { type ReadRows, type ReadRowsOptions, readRows } from './read-rows.js';

export interface ReadMessageTreesOptions extends ReadRowsOptions {
  /** The path of best replies, or every path to a last answer. Default `best`. */
  readonly paths?: 'best' | 'all' | undefined;
  /** Keep trees in this language only, as the rows name it (`en`, `de`). Default: all. */
  readonly language?: string | undefined;
}

export interface AnswerRanking {
  readonly id: string;
  /** Ends with a user message. */
  readonly prompt: Conversation;
  /** `score`: the better the greater, 0 for the best. */
  readonly answers: readonly { readonly parts: readonly Part[]; readonly score: number }[];
}

export interface ReadMessageTrees extends Omit<ReadRows<unknown>, 'rows'> {
  readonly conversations: Conversation[];
  readonly rankings: AnswerRanking[];
}

interface Tree {
  readonly conversations: readonly Conversation[];
  readonly rankings: readonly AnswerRanking[];
}

interface Node {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly rank: number | undefined;
  readonly replies: readonly Node[];
}

/** Replies below each other beyond this are no conversation; it also bounds the recursion. */
const deepest = 64;

/**
 * A line is a tree. Deleted messages are left out with all below them. Throws `sft/line-invalid` (strict),
 * `sft/no-conversations`, and `core/option-invalid`.
 */
export async function readMessageTrees(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadMessageTreesOptions = {},
): Promise<ReadMessageTrees> {
  const { paths = 'best', language } = options;
  checkChoice('paths', paths, ['best', 'all']);
  const none = {
    code: 'sft/no-conversations',
    noun: 'tree of messages',
    form: '{"prompt": {"role": "prompter", "text", "replies": […]}}',
  };
  const { rows, ...rest } = await readRows<Tree>(
    input,
    (text, origin) => parseTree(text, origin, paths, language),
    none,
    options,
  );
  return {
    conversations: rows.flatMap(({ conversations }) => conversations),
    rankings: rows.flatMap(({ rankings }) => rankings),
    ...rest,
  };
}

function parseTree(
  text: string,
  origin: string,
  paths: 'best' | 'all',
  language: string | undefined,
): ParsedRow<Tree> | RowProblem {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    return { reason: 'json', message: `is not JSON: ${(error as Error).message}` };
  }
  const { prompt } = (row ?? {}) as { prompt?: { lang?: unknown } };
  if (typeof prompt !== 'object' || prompt === null)
    return {
      reason: 'form',
      message: 'has no "prompt" with replies; OpenAssistant publishes trees in files named …_trees.jsonl',
    };
  if (language !== undefined && prompt.lang !== language)
    return { reason: 'field', message: `is in ${JSON.stringify(prompt.lang)}, not in "${language}"` };
  const root = nodeOf(prompt, 'user', 0);
  if (root === undefined) return { reason: 'roles', message: 'does not begin with a prompter’s text' };
  const conversations: Conversation[] = [];
  const rankings: AnswerRanking[] = [];
  walk([root], paths, origin, conversations, rankings);
  if (conversations.length === 0) return { reason: 'empty', message: 'has no answer' };
  return { row: { conversations, rankings }, ignoredFields: [] };
}

/** Undefined for what is no message of that role, or is deleted. */
function nodeOf(value: unknown, role: Node['role'], depth: number): Node | undefined {
  const message = (value ?? {}) as Record<string, unknown>;
  const expected = role === 'user' ? ['prompter', 'user'] : ['assistant'];
  const { text, rank, replies } = message;
  if (typeof text !== 'string' || text.trim() === '' || message.deleted === true || depth > deepest)
    return undefined;
  if (!expected.includes(String(message.role))) return undefined;
  const next = role === 'user' ? 'assistant' : 'user';
  return {
    id: String(message.message_id ?? ''),
    role,
    text,
    rank: typeof rank === 'number' && Number.isFinite(rank) ? rank : undefined,
    replies: (Array.isArray(replies) ? replies : [])
      .map((reply) => nodeOf(reply, next, depth + 1))
      .filter((reply) => reply !== undefined)
      .sort((a, b) => (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE)),
  };
}

/** `path`: from the root to here. */
function walk(
  path: readonly Node[],
  paths: 'best' | 'all',
  origin: string,
  conversations: Conversation[],
  rankings: AnswerRanking[],
): void {
  const here = path.at(-1)!;
  const conversation = (nodes: readonly Node[]): Conversation => ({
    id: nodes.at(-1)!.id,
    origin,
    messages: nodes.map(({ role, text }) => ({ role, parts: [{ type: 'text', text }] })),
  });
  const ranked = here.replies.filter(({ rank }) => rank !== undefined);
  if (here.role === 'user' && ranked.length > 1)
    rankings.push({
      id: here.id,
      prompt: conversation(path),
      answers: ranked.map(({ text, rank }) => ({ parts: [{ type: 'text', text }], score: -rank! })),
    });
  // A user's message that nobody answered is no end: what stands before it is.
  const open = here.replies.filter(({ role, replies }) => role === 'assistant' || replies.length > 0);
  if (open.length === 0) {
    if (here.role === 'assistant') conversations.push(conversation(path));
    return;
  }
  // Rankings are read everywhere, conversations on the best path alone.
  for (const [index, reply] of open.entries())
    walk([...path, reply], paths, origin, index === 0 || paths === 'all' ? conversations : [], rankings);
}
