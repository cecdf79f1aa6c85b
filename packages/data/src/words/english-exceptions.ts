/**
 * Words that the rules of the English tokenizer would cut wrongly, and where they are cut instead:
 * contractions and abbreviations. The forms are those of spaCy's blank `en` pipeline, so that word
 * counts agree with datatrove's; the tables are written as rules.
 */
import type { ExceptionTable } from './exceptions.js';

export function englishExceptions(exceptions: ExceptionTable): void {
  const { table } = exceptions;
  const add = (...parts: string[]): void => exceptions.add(...parts);
  const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const both = (word: string): string[] => [word, title(word)];
  const list = (words: string): string[] => words.split(' ');
  const addAll = (words: readonly string[]): void => {
    for (const word of words) add(word);
  };
  const listBoth = (words: string): string[] => list(words).flatMap(both);

  for (const word of both('i')) {
    for (const mark of ["'", '']) {
      add(word, `${mark}m`);
      add(word, `${mark}m`, 'a');
    }
  }
  const endings = (word: string, mark: string, names: string): void => {
    for (const name of list(names)) {
      if (name.endsWith('+')) add(word, `${mark}${name.slice(0, -1)}`, `${mark}ve`);
      else add(word, `${mark}${name}`);
    }
  };
  for (const mark of ["'", '']) {
    for (const word of listBoth('i you he she it we they')) endings(word, mark, 'll ll+ d d+');
    for (const word of listBoth('i you we they')) endings(word, mark, 've');
    for (const word of listBoth('you we they')) endings(word, mark, 're');
    for (const word of listBoth('he she it')) endings(word, mark, 's');
    for (const stem of list('who what when where why how there that this these those')) {
      for (const word of both(stem)) {
        endings(word, mark, 'll ll+ d d+');
        if (stem !== 'these' && stem !== 'those') endings(word, mark, 's');
        if (stem !== 'that' && stem !== 'this') endings(word, mark, 're ve');
      }
    }
    const not = mark === '' ? 'nt' : "n't";
    for (const word of listBoth(
      'ca could do does did had may might must need ought sha should wo would ai are is was were have has dare',
    ))
      add(word, not);
    for (const word of listBoth('ca could do does did had may might must need ought sha should wo would'))
      add(word, not, `${mark}ve`);
    for (const word of listBoth('could might must should would')) add(word, `${mark}ve`);
  }
  addAll(listBoth('doin goin nothin nuthin ol somethin lovin havin').flatMap((word) => [word, `${word}'`]));
  addAll(list('em ll nuff').flatMap((word) => [word, `'${word}`]));
  for (let hour = 1; hour <= 12; hour++) {
    for (const period of list('a.m. am p.m. pm')) add(String(hour), period);
  }
  for (const parts of list("y'|all y|all how|'d|'y How|'d|'y c'm|on C'm|on")) add(...parts.split('|'));
  for (const parts of list("not|'ve not|ve can|not gon|na got|ta let|'s")) {
    const [first = '', ...rest] = parts.split('|');
    for (const word of both(first)) add(word, ...rest);
  }
  addAll(
    list(
      "'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock Mt. Ak. Ala. " +
        'Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. Kans. Ky. La. ' +
        'Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep. Sept. ' +
        "Tenn. Va. Wash. Wis. 'd a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. " +
        'Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s.',
    ),
  );
  for (const word of listBoth('ill its hell shell shed were well whore')) table.delete(word);
}
