/**
 * Words that the rules of the English tokenizer would cut wrongly, and where they are cut instead: contractions,
 * abbreviations, emoticons. The forms are those of spaCy's blank `en` pipeline, so that word counts agree with
 * datatrove's; the tables are written as rules.
 */

/** Word → its tokens. Every form with `'` exists with `’` too. */
export const englishExceptions: ReadonlyMap<string, readonly string[]> = buildExceptions();

function buildExceptions(): Map<string, readonly string[]> {
  const table = new Map<string, readonly string[]>();
  const add = (...parts: string[]): void => {
    table.set(parts.join(''), parts);
  };
  const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const both = (word: string): string[] => [word, title(word)];
  const list = (words: string): string[] => words.split(' ');

  for (const word of list(
    "\\t \\n — ' \\\") <space> '' C++ a. b. c. d. e. f. g. h. i. j. k. l. m. n. o. p. q. r. s. t. u. v. w. x. y. z. ä. ö. ü.",
  )) {
    add(word);
  }
  for (const emoticon of list(
    ':) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(( :-(( :((( ' +
      ":-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() >:o :* :-* :3 " +
      ':-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.> <.< ._. ;_; -_- -__- v.v V.V ' +
      'v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 <333 </3 (^_^) (-_-) (._.) (>_<) (*_*) ' +
      '(¬_¬) ಠ_ಠ ಠ︵ಠ (ಠ_ಠ) ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>',
  )) {
    add(emoticon);
  }
  for (const unit of 'cfkCFK') add('°', unit, '.');

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
    for (const stem of list('i you he she it we they')) {
      for (const word of both(stem)) endings(word, mark, 'll ll+ d d+');
    }
    for (const stem of list('i you we they')) for (const word of both(stem)) endings(word, mark, 've');
    for (const stem of list('you we they')) for (const word of both(stem)) endings(word, mark, 're');
    for (const stem of list('he she it')) for (const word of both(stem)) endings(word, mark, 's');
    for (const stem of list('who what when where why how there that this these those')) {
      for (const word of both(stem)) {
        endings(word, mark, 'll ll+ d d+');
        if (stem !== 'these' && stem !== 'those') endings(word, mark, 's');
        if (stem !== 'that' && stem !== 'this') endings(word, mark, 're ve');
      }
    }
    const not = mark === '' ? 'nt' : "n't";
    for (const stem of list(
      'ca could do does did had may might must need ought sha should wo would ai are is was were have has dare',
    )) {
      for (const word of both(stem)) add(word, not);
    }
    for (const stem of list('ca could do does did had may might must need ought sha should wo would')) {
      for (const word of both(stem)) add(word, not, `${mark}ve`);
    }
    for (const stem of list('could might must should would')) {
      for (const word of both(stem)) add(word, `${mark}ve`);
    }
  }
  for (const stem of list('doin goin nothin nuthin ol somethin lovin havin')) {
    for (const word of both(stem)) {
      add(word);
      add(`${word}'`);
    }
  }
  for (const word of list('em ll nuff')) {
    add(word);
    add(`'${word}`);
  }
  for (let hour = 1; hour <= 12; hour++) {
    for (const period of list('a.m. am p.m. pm')) add(String(hour), period);
  }
  for (const parts of list("y'|all y|all how|'d|'y How|'d|'y c'm|on C'm|on")) add(...parts.split('|'));
  for (const parts of list("not|'ve not|ve can|not gon|na got|ta let|'s")) {
    const [first = '', ...rest] = parts.split('|');
    for (const word of both(first)) add(word, ...rest);
  }
  for (const word of list(
    "'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock Mt. Ak. Ala. " +
      'Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. Kans. Ky. La. ' +
      'Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep. Sept. ' +
      "Tenn. Va. Wash. Wis. 'd a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. " +
      'Md. Messrs. Mo. Mont. Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s.',
  )) {
    add(word);
  }
  for (const word of list('ill its hell shell shed were well whore')) {
    for (const form of both(word)) table.delete(form);
  }
  for (const [word, parts] of [...table]) {
    if (!word.includes("'")) continue;
    table.set(
      word.replaceAll("'", '’'),
      parts.map((part) => part.replaceAll("'", '’')),
    );
  }
  return table;
}
