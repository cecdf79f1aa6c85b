/**
 * Whether a line says what the title of its page says: the whole title, or what is left of it without the
 * name of the site before or behind.
 */

/** What stands between the title of a page and the name of its site. */
const separator = /\s+[-–—|·•:»«/~－]+\s+|\s*[|｜•»«_]+\s*|:\s+/;

export function repeatsTitle(line: string, title: string): boolean {
  const wanted = wordsOf(line);
  if (wanted === '') return false;
  const parts = title.split(separator).map(wordsOf);
  // From either end, part by part.
  let [fromStart, fromEnd] = ['', ''];
  for (let at = 0; at < parts.length; at++) {
    fromStart = join(fromStart, parts[at]!);
    fromEnd = join(parts[parts.length - 1 - at]!, fromEnd);
    if (fromStart === wanted || fromEnd === wanted) return true;
    if (fromStart.length > wanted.length && fromEnd.length > wanted.length) break;
  }
  // `The harbour (photos)`: a sign follows, as it stands.
  const [start, whole] = [line.toLowerCase(), title.toLowerCase()];
  return whole.startsWith(start) && !/^[\p{L}\p{N}]/u.test(whole.slice(start.length).trimStart());
}

function join(one: string, other: string): string {
  return one === '' || other === '' ? one + other : `${one} ${other}`;
}

/** The letters and digits in lower case, words apart by a blank. */
function wordsOf(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).join(' ');
}
