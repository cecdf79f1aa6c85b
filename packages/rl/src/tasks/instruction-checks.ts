/**
 * Instructions whose following a program can check, under the names and arguments of IFEval (Zhou et al.
 * 2023), so that its rows can be practised. `strict` looks at the answer as it is; `loose` also at it without
 * its first line, its last line, both, and without asterisks, and takes the best of these. Left out and
 * refused by name: `language:response_language`, which needs a language detector; two that repeat or combine
 * whole prompts (`combination:…`). Words are runs of letters, digits, apostrophes and hyphens; sentences end
 * with . ! or ?.
 */
import type { JsonValue, Part, Task, TaskSet } from '@llm/core';
import { checkChoice, LlmError, messageText, textMessage } from '@llm/core';
import { createTaskSet } from './final-answer.js';

type Arguments = Readonly<Record<string, JsonValue>>;

const words = (text: string): readonly string[] => text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
const sentences = (text: string): readonly string[] =>
  text.split(/(?<=[.!?])\s+/).filter((s) => /\p{L}/u.test(s));
const numberOf = (value: JsonValue | undefined, otherwise = 1): number =>
  typeof value === 'number' ? value : otherwise;
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const listOf = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
/** IFEval's `relation` is `less than` or `at least`. */
const related = (count: number, relation: JsonValue | undefined, wanted: JsonValue | undefined): boolean =>
  relation === 'less than' ? count < numberOf(wanted) : count >= numberOf(wanted);
const occurrences = (text: string, keyword: string): number =>
  keyword === '' ? 0 : text.toLowerCase().split(keyword.toLowerCase()).length - 1;
const includesWord = (text: string, word: string): boolean =>
  words(text.toLowerCase()).includes(word.toLowerCase()) || (/\s/.test(word) && occurrences(text, word) > 0);

const checks: Readonly<Record<string, (text: string, args: Arguments) => boolean>> = {
  'keywords:existence': (text, { keywords }) => listOf(keywords).every((k) => occurrences(text, k) > 0),
  'keywords:frequency': (text, { keyword, relation, frequency }) =>
    related(occurrences(text, textOf(keyword)), relation, frequency),
  'keywords:forbidden_words': (text, args) =>
    !listOf(args.forbidden_words).some((word) => includesWord(text, word)),
  'keywords:letter_frequency': (text, args) =>
    related(occurrences(text, textOf(args.letter)), args.let_relation, args.let_frequency),
  'length_constraints:number_words': (text, { relation, num_words: wanted }) =>
    related(words(text).length, relation, wanted),
  'length_constraints:number_sentences': (text, { relation, num_sentences: wanted }) =>
    related(sentences(text).length, relation, wanted),
  'length_constraints:number_paragraphs': (text, { num_paragraphs: wanted }) => {
    const parts = text
      .split(/\s*\*\*\*\s*/)
      .filter((part, i, all) => part.trim() !== '' || (i > 0 && i < all.length - 1));
    return parts.every((part) => part.trim() !== '') && parts.length === numberOf(wanted);
  },
  'length_constraints:nth_paragraph_first_word': (text, args) => {
    const paragraphs = text.split(/\n\n+/).filter((paragraph) => paragraph.trim() !== '');
    const first = words(paragraphs[numberOf(args.nth_paragraph) - 1] ?? '')[0] ?? '';
    const isCounted = paragraphs.length === numberOf(args.num_paragraphs);
    return isCounted && first.toLowerCase() === textOf(args.first_word).toLowerCase();
  },
  'detectable_content:number_placeholders': (text, args) =>
    (text.match(/\[[^\]]+\]/g) ?? []).length >= numberOf(args.num_placeholders),
  'detectable_content:postscript': (text, args) => {
    const marker = textOf(args.postscript_marker) || 'P.S.';
    return text.toLowerCase().includes(marker.toLowerCase());
  },
  'detectable_format:number_bullet_lists': (text, args) =>
    (text.match(/^\s*[*-]\s+\S/gm) ?? []).length === numberOf(args.num_bullets),
  'detectable_format:constrained_response': (text) =>
    ['My answer is yes.', 'My answer is no.', 'My answer is maybe.'].some((each) => text.includes(each)),
  'detectable_format:number_highlighted_sections': (text, args) =>
    (text.match(/\*[^\n*]+\*/g) ?? []).length >= numberOf(args.num_highlights),
  'detectable_format:multiple_sections': (text, args) =>
    occurrences(text, textOf(args.section_spliter)) >= numberOf(args.num_sections),
  'detectable_format:json_format': (text) => {
    const bare = text
      .trim()
      .replace(/^```(?:json)?\s*/i, '')
      .replace(/\s*```$/, '');
    try {
      JSON.parse(bare);
      return true;
    } catch {
      return false;
    }
  },
  'detectable_format:title': (text) => /<<[^\n<>]*\S[^\n<>]*>>/.test(text),
  'startend:end_checker': (text, args) =>
    text.trim().replace(/^"|"$/g, '').toLowerCase().endsWith(textOf(args.end_phrase).trim().toLowerCase()),
  'startend:quotation': (text) => /^"[\s\S]+"$/.test(text.trim()),
  'change_case:capital_word_frequency': (text, args) => {
    const capital = words(text).filter((word) => /\p{Lu}/u.test(word) && word === word.toUpperCase());
    return related(capital.length, args.capital_relation, args.capital_frequency);
  },
  'change_case:english_capital': (text) => /\p{L}/u.test(text) && text === text.toUpperCase(),
  'change_case:english_lowercase': (text) => /\p{L}/u.test(text) && text === text.toLowerCase(),
  'punctuation:no_comma': (text) => !text.includes(','),
};

export interface Instruction {
  /** `length_constraints:number_words` */
  readonly id: string;
  readonly arguments?: Arguments | undefined;
}

/** Throws `rl/instruction-unknown` for a name that is none of these. An empty answer follows nothing. */
export function followsInstruction(
  text: string,
  { id, arguments: args = {} }: Instruction,
  rule: 'strict' | 'loose' = 'strict',
): boolean {
  checkChoice('rule', rule, ['strict', 'loose']);
  const check = Object.hasOwn(checks, id) ? checks[id] : undefined;
  if (check === undefined)
    throw new LlmError({
      code: 'rl/instruction-unknown',
      message: `"${id}" is no instruction that can be checked here; known: ${Object.keys(checks).join(', ')}.`,
      details: { id },
    });
  const readings = rule === 'strict' ? [text] : looseReadings(text);
  return readings.some((reading) => reading.trim() !== '' && check(reading, args));
}

function looseReadings(text: string): string[] {
  const lines = text.split('\n');
  const cut = [lines, lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((l) => l.join('\n').trim());
  return cut.flatMap((reading) => [reading, reading.replaceAll('*', '')]);
}

export interface InstructionTasksOptions {
  /** Default: a tenth. */
  readonly heldOut?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Default `strict`. */
  readonly rule?: 'strict' | 'loose' | undefined;
  /** The share of instructions that were followed, or 1 only where all were. Default `all`. */
  readonly score?: 'share' | 'all' | undefined;
  /** Name of the source in errors. Default `input`. */
  readonly name?: string | undefined;
}

/**
 * Rows of IFEval: `{key, prompt, instruction_id_list, kwargs}`. Throws `rl/row-invalid` with the line, also
 * for an instruction that cannot be checked here, and `rl/split-invalid`.
 */
export function instructionTasks(rows: string, options: InstructionTasksOptions = {}): TaskSet {
  const { name = 'input', rule = 'strict', score = 'all', seed } = options;
  checkChoice('score', score, ['share', 'all']);
  const instructions = new Map<string, readonly Instruction[]>();
  const tasks = rows.split('\n').flatMap((line, index): Task[] => {
    if (line.trim() === '') return [];
    const place = `${name}:${index + 1}`;
    try {
      const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const ids = row.instruction_id_list;
      const given = Array.isArray(row.kwargs) ? row.kwargs : [];
      if (typeof row.prompt !== 'string' || !Array.isArray(ids) || ids.length === 0)
        throw new Error('it has no "prompt" and "instruction_id_list"');
      const id = `${row.key ?? place}`;
      const list = ids.map((each, i) => ({ id: String(each), arguments: (given[i] ?? {}) as Arguments }));
      for (const each of list) followsInstruction('x', each);
      instructions.set(id, list);
      return [{ id, prompt: { messages: [textMessage('user', row.prompt)] }, answer: ids.join(', ') }];
    } catch (cause) {
      throw new LlmError({
        code: 'rl/row-invalid',
        message: `${place}: ${(cause as Error).message}. Fix or remove the line.`,
        details: { name, line: index + 1 },
        cause,
      });
    }
  });
  const reward = ({ id }: Task, completion: readonly Part[]): number => {
    const list = instructions.get(id)!;
    const followed = list.filter((each) => followsInstruction(messageText(completion), each, rule)).length;
    return score === 'share' ? followed / list.length : followed === list.length ? 1 : 0;
  };
  const heldOut = options.heldOut ?? Math.floor(tasks.length / 10);
  return createTaskSet({ name: 'instructions', tasks, heldOut, seed, reward });
}
