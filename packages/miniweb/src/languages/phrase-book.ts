/**
 * A phrase book: English explanations around sentences of six languages. lid.176 calls it English, but with little
 * confidence. Its sentences are fixed (the score of a bag of n-grams moves with every word) and only their order varies.
 */
import type { Random } from '@llm/core';
import { type Content, heading, paragraph } from '../content/block.js';

const lines = [
  'The Germans say: Guten Morgen, wie geht es Ihnen heute, haben Sie gut geschlafen?',
  'In France you ask: Bonjour madame, pouvez-vous me dire où se trouve la gare?',
  'A Spaniard tells you: Buenos días, me gusta mucho esta ciudad tan bonita.',
  'Italians like to say: Buona sera, che bella giornata, vorrei un bicchiere di acqua.',
  'In Portugal they answer: Muito obrigado, não quero mais nada por agora.',
  'The Dutch tell their guests: Goedenavond, wij hebben vandaag lekkere soep gekookt.',
  'It is polite to learn a few words before you visit another country.',
  'The people there will be glad when you try, even if you make mistakes.',
  'Write the words on a small card and keep it in the pocket of your coat.',
  'Listen well when they answer, because the sound of a word is hard to learn from a book.',
  'A friend of mine could order soup in six languages and was never hungry on a journey.',
  'Before a meal: Guten Appetit, bon appétit, buen provecho, eet smakelijk, bom apetite.',
  'When you leave, say: Auf Wiedersehen, au revoir, hasta luego, arrivederci, tot ziens.',
];

export const phraseBookTitle = 'Useful phrases for a long journey';

export function phraseBook(random: Random): Content {
  const shuffled = random.shuffle([...lines]);
  return {
    title: phraseBookTitle,
    blocks: [heading(phraseBookTitle), ...shuffled.map((line) => paragraph(line))],
    slug: 'phrase-book',
  };
}
