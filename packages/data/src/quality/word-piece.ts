/**
 * Text → ids for a classifier of BERT's family: the `tokenizer.json` of a WordPiece
 * model (Schuster & Nakajima 2012; Devlin et al. 2018), as the `tokenizers` library
 * runs it: BertNormalizer, BertPreTokenizer, longest pieces first, one template
 * around a single text. Only encoding, and only so far as the classifier looks.
 */
import { LlmError } from '@llm/core';

export interface WordPieceEncoder {
  /** At most `limit` ids, those of the template included. */
  encode(text: string, limit: number): number[];
}

interface Added {
  readonly id: number;
  readonly content: string;
}

/** Throws `data/tokenizer-unreadable` for what is no such tokenizer. */
export function readWordPiece(json: string): WordPieceEncoder {
  const { model, normalizer, pre_tokenizer, post_processor, added_tokens } = parsed(json);
  if (model?.type !== 'WordPiece') throw unreadable(`its model is ${String(model?.type)}, not WordPiece`);
  if (normalizer?.type !== 'BertNormalizer' || pre_tokenizer?.type !== 'BertPreTokenizer')
    throw unreadable('it does not cut text as BERT does (BertNormalizer, BertPreTokenizer)');
  const vocabulary = new Map(Object.entries(model.vocab as Record<string, number>));
  const prefix = String(model.continuing_subword_prefix ?? '##');
  const longest = Number(model.max_input_chars_per_word ?? 100);
  const unknown = vocabulary.get(String(model.unk_token));
  if (unknown === undefined) throw unreadable('it has no id for what is unknown');
  const added = (added_tokens ?? []) as readonly Added[];
  const [before, after] = templateOf(post_processor, vocabulary);
  const normalize = createNormalizer(normalizer);

  /** Appends the pieces of a word; one unknown for a word that cannot be cut. */
  const addWord = (word: string, ids: number[]): void => {
    const points = Array.from(word);
    if (points.length > longest) return void ids.push(unknown);
    const start = ids.length;
    for (let from = 0; from < points.length; ) {
      let to = points.length;
      let id: number | undefined;
      for (; to > from; to--) {
        id = vocabulary.get((from > 0 ? prefix : '') + points.slice(from, to).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) {
        ids.length = start;
        return void ids.push(unknown);
      }
      ids.push(id);
      from = to;
    }
  };

  return {
    encode(text, limit) {
      const room = limit - before.length - after.length;
      const ids: number[] = [];
      for (const part of splitAtAdded(text, added)) {
        if (ids.length >= room) break;
        if (typeof part === 'number') ids.push(part);
        else
          for (const [word] of normalize(part).matchAll(bertWords)) {
            addWord(word, ids);
            if (ids.length >= room) break;
          }
      }
      return [...before, ...ids.slice(0, Math.max(0, room)), ...after];
    },
  };
}

/** A mark by itself, or what stands between marks and blanks. */
const bertWords = /[!-/:-@[-`{-~\p{P}]|[^\s\u0085!-/:-@[-`{-~\p{P}]+/gu;

// biome-ignore lint/suspicious/noExplicitAny: a file of anybody's
type Json = any;

function createNormalizer(options: Json): (text: string) => string {
  const { clean_text = true, handle_chinese_chars = true, lowercase = true } = options;
  const stripAccents = options.strip_accents ?? lowercase;
  return (given) => {
    let text = given;
    if (clean_text)
      text = text.replace(/[\t\n\r\p{White_Space}]/gu, ' ').replace(/[\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '');
    if (handle_chinese_chars) text = text.replace(chinese, ' $& ');
    if (stripAccents) text = text.normalize('NFD').replace(/\p{Mn}/gu, '');
    // Each letter by itself: a final sigma is none here.
    return lowercase ? text.replace(/[^\0-\x7f]|[A-Z]/gu, (letter) => letter.toLowerCase()) : text;
  };
}

const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/** Special tokens that stand in the text are themselves. */
function splitAtAdded(text: string, added: readonly Added[]): (string | number)[] {
  if (added.length === 0) return [text];
  const ids = new Map(added.map(({ id, content }) => [content, id]));
  const names = [...ids.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    `(${names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`,
    'u',
  );
  return text.split(pattern).map((part, at) => (at % 2 === 1 ? ids.get(part)! : part));
}

function templateOf(processor: Json, vocabulary: ReadonlyMap<string, number>): [number[], number[]] {
  if (processor?.type === 'BertProcessing') return [[processor.cls[1]], [processor.sep[1]]];
  if (processor?.type !== 'TemplateProcessing')
    throw unreadable('it has no template such as [CLS] … [SEP] around a text');
  const ids = (processor.single as Json[]).map((one): number | undefined => {
    if (one.SpecialToken === undefined) return undefined;
    const { id } = one.SpecialToken;
    const known = processor.special_tokens?.[id]?.ids?.[0] ?? vocabulary.get(id);
    if (known === undefined) throw unreadable(`its template has ${String(id)}, which has no id`);
    return known as number;
  });
  const text = ids.indexOf(undefined);
  return [ids.slice(0, text) as number[], ids.slice(text + 1) as number[]];
}

function parsed(json: string): Json {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw unreadable('it is no JSON', cause);
  }
}

const unreadable = (why: string, cause?: unknown): LlmError =>
  new LlmError({
    code: 'data/tokenizer-unreadable',
    message: `This is no tokenizer.json of a classifier of BERT's family: ${why}.`,
    ...(cause === undefined ? {} : { cause }),
  });
