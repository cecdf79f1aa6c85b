import { describe, expect, test } from 'vitest';
import { followsInstruction, instructionTasks } from './instruction-checks.js';

const say = (text: string) => [{ type: 'text', text } as const];
type Args = Parameters<typeof followsInstruction>[1]['arguments'];

describe('what a program can check', () => {
  test.each<[string, Args, string, string]>([
    ['keywords:existence', { keywords: ['red', 'blue'] }, 'Red and blue', 'red'],
    ['keywords:frequency', { keyword: 'a', relation: 'at least', frequency: 2 }, 'a a', 'a'],
    ['keywords:frequency', { keyword: 'x', relation: 'less than', frequency: 2 }, 'x', 'x x'],
    ['keywords:forbidden_words', { forbidden_words: ['cat'] }, 'a category', 'a cat'],
    ['keywords:letter_frequency', { letter: 'e', let_relation: 'at least', let_frequency: 3 }, 'eEe', 'ee'],
    ['length_constraints:number_words', { relation: 'at least', num_words: 3 }, "one two don't", 'one, two'],
    ['length_constraints:number_words', { relation: 'less than', num_words: 3 }, 'one two', 'a b c'],
    ['length_constraints:number_sentences', { relation: 'at least', num_sentences: 2 }, 'One. Two!', 'One.'],
    ['length_constraints:number_paragraphs', { num_paragraphs: 2 }, 'a\n***\nb', 'a\n\nb'],
    [
      'length_constraints:nth_paragraph_first_word',
      { num_paragraphs: 2, nth_paragraph: 2, first_word: 'so' },
      'a\n\nSo, b',
      'so\n\nb',
    ],
    ['detectable_content:number_placeholders', { num_placeholders: 2 }, '[name] at [place]', '[name]'],
    ['detectable_content:postscript', { postscript_marker: 'P.S.' }, 'x\nP.S. y', 'x'],
    ['detectable_format:number_bullet_lists', { num_bullets: 2 }, '* a\n- b', '* a'],
    ['detectable_format:constrained_response', {}, 'My answer is no.', 'no'],
    ['detectable_format:number_highlighted_sections', { num_highlights: 2 }, '*a* and *b*', '*a*'],
    [
      'detectable_format:multiple_sections',
      { section_spliter: 'Section', num_sections: 2 },
      'Section 1\nSection 2',
      'Section 1',
    ],
    ['detectable_format:json_format', {}, '```json\n{"a": 1}\n```', '{a: 1}'],
    ['detectable_format:title', {}, '<<hope>>\nx', '<< >>'],
    ['startend:end_checker', { end_phrase: 'Bye now' }, 'So, bye now', 'Bye now?'],
    ['startend:quotation', {}, '"all of it"', '"some" of it'],
    [
      'change_case:capital_word_frequency',
      { capital_relation: 'at least', capital_frequency: 2 },
      'AND OR not',
      'AND or',
    ],
    ['change_case:english_capital', {}, 'LOUD 1!', 'Loud'],
    ['change_case:english_lowercase', {}, 'quiet 1!', 'Quiet'],
    ['punctuation:no_comma', {}, 'one two', 'one, two'],
  ])('%s %o: %j, not %j', (id, args, right, wrong) => {
    expect(followsInstruction(right, { id, arguments: args })).toBe(true);
    expect(followsInstruction(wrong, { id, arguments: args })).toBe(false);
    expect(followsInstruction(' ', { id, arguments: args })).toBe(false);
  });

  test('loose forgives a first and a last line, and asterisks', () => {
    const quotation = { id: 'startend:quotation' };
    expect(followsInstruction('Sure!\n"all"', quotation)).toBe(false);
    expect(followsInstruction('Sure!\n"all"', quotation, 'loose')).toBe(true);
    expect(followsInstruction('**"all"**', quotation, 'loose')).toBe(true);
  });

  test('what cannot be checked is refused by name', () => {
    expect(() => followsInstruction('x', { id: 'language:response_language' })).toThrow(
      '"language:response_language" is no instruction that can be checked here',
    );
    expect(() => followsInstruction('x', { id: 'constructor' })).toThrow('is no instruction');
  });
});

describe('rows of IFEval', () => {
  const row = {
    key: 1000,
    prompt: 'Write without commas, in capitals.',
    instruction_id_list: ['punctuation:no_comma', 'change_case:english_capital'],
    kwargs: [{}, {}],
  };
  test('earn what was followed: all, or the share', () => {
    const text = [row, { ...row, key: 1001 }].map((each) => JSON.stringify(each)).join('\n');
    const set = instructionTasks(text, { heldOut: 1 });
    const [task] = set.train;
    expect(set.reward(task!, say('YES'))).toBe(1);
    expect(set.reward(task!, say('yes'))).toBe(0);
    expect(instructionTasks(text, { heldOut: 1, score: 'share' }).reward(task!, say('yes'))).toBe(0.5);
  });
  test('that hold what is unknown are named by their line', () => {
    const bad = { ...row, instruction_id_list: ['combination:two_responses'] };
    expect(() => instructionTasks(JSON.stringify(bad), { name: 'if.jsonl' })).toThrow(
      'if.jsonl:1: "combination:two_responses" is no instruction',
    );
    expect(() => instructionTasks('{}')).toThrow('it has no "prompt"');
  });
});
