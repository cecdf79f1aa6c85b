/** Anchors and word boundaries as Oniguruma has them, by the numbers that the compiler gives them. */
import { codePointAt, widthBefore } from './text-positions.js';
import { wordCharacters } from './unicode-sets.js';

export function assertionHolds(text: string, assertion: number, position: number): boolean {
  const isEnd = position === text.length;
  switch (assertion) {
    case 0:
      return position === 0;
    case 1:
      return isEnd;
    case 2:
      return isEnd || (position === text.length - 1 && text.charCodeAt(position) === 10);
    case 3:
      return position === 0 || (text.charCodeAt(position - 1) === 10 && !isEnd);
    case 4:
      return isEnd || text.charCodeAt(position) === 10;
    default: {
      const words = wordCharacters();
      const before = position > 0 && words.has(codePointAt(text, position - widthBefore(text, position)));
      const after = !isEnd && words.has(codePointAt(text, position));
      return (before !== after) === (assertion === 5);
    }
  }
}
