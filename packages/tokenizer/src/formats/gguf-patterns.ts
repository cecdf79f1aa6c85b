/**
 * llama.cpp's names of patterns (`tokenizer.ggml.pre`) and how they cut: each pattern cuts the pieces of the
 * one before. Where a model publishes its pattern that is meant, and llama.cpp's own form of it, which its
 * regular expressions limit, is not copied.
 */
import type { JsonValue } from '@llm/core';
import { gpt2, llama3, o200k, singleDigits } from '../pretokenize/patterns.js';

export interface GgufPattern {
  /** One after the other; `digits` is Hugging Face's Digits, each on its own. */
  readonly patterns: readonly string[];
  /** A piece that is a token is taken whole. */
  readonly ignoreMerges?: boolean | undefined;
}

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const upper = '\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}';
const lower = '\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}';
const caseWords = (ending: string): string =>
  `[^\\r\\n\\p{L}\\p{N}]?[${upper}]*[${lower}]+${ending}|[^\\r\\n\\p{L}\\p{N}]?[${upper}]+[${lower}]*${ending}`;
const symbols = ' ?[^\\s\\p{L}\\p{N}]+';
const lines = '\\s*[\\r\\n]+';
const spaces = '\\s+(?!\\S)|\\s+';
const eastern = '[一-龥぀-ゟ゠-ヿ]+';
const asciiPunctuation = '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]';
const markedWords = `${asciiPunctuation}[A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+`;
const bloom = ' ?[^(\\s|.,!?…。，、।۔،)]+';
const shrinkingSpaces = [512, 256, 128, 64, 32, 16, 8, 4].map((count) => `\\s{${count}}(?!\\S)`).join('|');
/** Letters of cased scripts as DeepSeek lists them. */
const casedLetters =
  'A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅ' +
  'ὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-' +
  'ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃';
const patternOf = {
  default: ['[\\p{P}\\$\\+<=>\\^~\\|]+', gpt2.source, '\\p{N}+', '[0-9][0-9][0-9]'],
  gpt2: [gpt2.source],
  digits: ['digits', gpt2.source],
  llama3: [llama3.source],
  singleDigits: [singleDigits.source],
  o200k: [o200k.source],
  falcon: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', gpt2.source, '[0-9][0-9][0-9]'],
  deepseek: [
    '[\\r\\n]',
    `\\s?[${casedLetters}]+`,
    '\\s?[!-/:-~！-／：-～‘-‟　-。]+',
    '\\s+$',
    '[一-龥ࠀ-一가-퟿]+',
    '\\p{N}+',
  ],
  deepseekCoder: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '[一-龥ࠀ-一가-퟿]+', '\\p{N}'],
  deepseek3: ['\\p{N}{1,3}', eastern, `${markedWords}[\\r\\n]*|${lines}|${spaces}`],
  spark: ['\\p{N}{1,3}', eastern, `${markedWords}|[\\r\\n]|${spaces}`, '\\p{N}'],
  youtu: [
    `[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|${eastern}`,
    `${caseWords(`${contraction}?`)}|\\p{N}|${symbols}[\\r\\n/]*|${lines}|${spaces}`,
  ],
  qwen35: [
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${lines}|${spaces}`,
  ],
  bloom: [bloom],
  viking: [bloom, '\\p{N}'],
  tekken: [`${caseWords('')}|\\p{N}|${symbols}[\\r\\n/]*|${lines}|${spaces}`],
  chameleon: [
    '<sentinel:[0-9]+>',
    '(?:IMGIMG)(?:[A-I]{1,4})Z',
    '(?:[\\t\\n]|    |  )',
    '\\p{N}',
    '[\\p{P}!-/:-@\\[-`{-~]',
    gpt2.source,
  ],
  tinyAya: ['\\d{1,3}(?=(?:\\d{3})*\\b)', o200k.source],
  superbpe: ['\\p{N}+', '(?=(?:\\d{3})+(?!\\d))'],
  bailing: [
    `'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${symbols}[\\r\\n]*|\\s*[\\r\\n]|${spaces}`,
  ],
  seedCoder: [
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${lines}|${spaces}`,
  ],
  ufakzeka: [`[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${symbols}[\\r\\n]*|${lines}|${spaces}`],
  laguna: ['[^\\n]+|[\\n]+', singleDigits.source],
  exaoneMoe: [
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}|${symbols}[\\r\\n/]?|\\s*[\\r\\n]|${spaces}`,
  ],
  minicpm5: [
    '\\p{N}{1,3}',
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}+|${symbols}[\\r\\n]*|${lines}|${spaces}`,
  ],
  jais2: [
    `${contraction}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${symbols}[\\r\\n]*|${lines}|${shrinkingSpaces}|\\s{1,2}(?!\\S)|\\s{1}`,
  ],
} as const;

/** The names of each pattern; those after `!` take whole pieces. */
const namesOf: Readonly<Record<keyof typeof patternOf, string>> = {
  default: 'default',
  gpt2:
    'gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert jina-v1-en ' +
    'jina-v2-code roberta-bpe mpt olmo jais trillion granite-docling exaone4',
  digits: 'smollm starcoder refact command-r codeshell exaone minerva-7b mellum2',
  llama3:
    'dbrx smaug-bpe chatglm-bpe ! llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 ' +
    'jina-v5-nano glm4 glm5',
  singleDigits: 'qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2',
  o200k: 'gpt-4o llama4 kanana2 talkie minimax-m2 ! granite-embed-multi-97m',
  falcon: 'falcon',
  deepseek: 'deepseek-llm',
  deepseekCoder: 'deepseek-coder',
  deepseek3: 'deepseek-v3 hunyuan-dense joyai-llm hy_v4',
  spark: 'spark2_5',
  youtu: '! youtu',
  qwen35: 'qwen35',
  bloom: 'poro-chat bloom gpt3-finnish',
  viking: 'viking',
  tekken: '! tekken',
  chameleon: 'chameleon',
  tinyAya: 'tiny_aya cohere2moe',
  superbpe: 'superbpe',
  bailing: 'bailingmoe bailingmoe2 llada-moe',
  seedCoder: 'seed-coder',
  ufakzeka: 'ufakzeka',
  laguna: 'laguna',
  exaoneMoe: 'exaone-moe',
  minicpm5: '! minicpm5',
  jais2: 'jais-2',
};

const byName = new Map<string, GgufPattern>();
for (const [pattern, names] of Object.entries(namesOf)) {
  const patterns = patternOf[pattern as keyof typeof patternOf];
  const [plain = '', whole = ''] = names.split('!');
  for (const name of plain.split(' ')) if (name !== '') byName.set(name, { patterns });
  for (const name of whole.split(' ')) if (name !== '') byName.set(name, { patterns, ignoreMerges: true });
}

/** Every name that is known, in alphabetical order. */
export function ggufPatternNames(): string[] {
  return [...byName.keys()].sort();
}

/** No name is `default`, as in llama.cpp. */
export function findGgufPattern(name: string): GgufPattern | undefined {
  return byName.get(name === '' ? 'default' : name);
}

/** The first name of what a `pre_tokenizer` says, as `preTokenizerOf` writes it. */
export function ggufPatternName(preTokenizer: JsonValue, ignoreMerges: boolean): string | undefined {
  const text = JSON.stringify(preTokenizer);
  return [...byName].find(
    ([, pattern]) =>
      (pattern.ignoreMerges === true) === ignoreMerges && JSON.stringify(preTokenizerOf(pattern)) === text,
  )?.[0];
}

/** As `pre_tokenizer` of a `tokenizer.json`. */
export function preTokenizerOf({ patterns }: GgufPattern): JsonValue {
  const usesGpt2 = patterns.length === 2 && patterns[0] === 'digits';
  const steps = patterns.map((pattern) =>
    pattern === 'digits'
      ? { type: 'Digits', individual_digits: true }
      : { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
  );
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: usesGpt2 };
  return { type: 'Sequence', pretokenizers: [...(usesGpt2 ? steps.slice(0, 1) : steps), byteLevel] };
}
