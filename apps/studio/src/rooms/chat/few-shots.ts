/**
 * Beginnings of documents whose likely continuation does something useful: prompting before there were chats.
 */
export interface FewShot {
  readonly name: string;
  readonly text: string;
}

export const fewShots: readonly FewShot[] = [
  {
    name: 'Questions and answers',
    text: 'Q: What is 12 plus 30?\nA: 42\nQ: What is 5 plus 8?\nA: 13\nQ: What is 20 plus 7?\nA:',
  },
  { name: 'Translations', text: 'house: maison\nwater: eau\nbread: pain\nnight: nuit\nfriend:' },
  {
    name: 'A conversation',
    text: 'Below is a conversation between a curious person and a helpful assistant.\n\nPerson: Who are you?\nAssistant: I am an assistant.\nPerson: What can you do?\nAssistant:',
  },
  { name: 'A story', text: 'Once upon a time there was a small town by a river.' },
  { name: 'An encyclopedia', text: 'The river\n\nA river is a' },
];
