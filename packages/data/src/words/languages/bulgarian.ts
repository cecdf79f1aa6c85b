/** Bulgarian words as spaCy 3.8 (MIT) cuts them: letters may bear accents that mark the stress. */
import { behindAccents, infixes, stopBehindAccent, suffixes } from '../affixes.js';
import type { ExceptionTable } from '../exceptions.js';
import type { LanguageRules } from '../language-rules.js';

export const bulgarian = (): LanguageRules => ({
  suffixes: suffixes({ also: [stopBehindAccent] }),
  infixes: [...infixes(), ...behindAccents],
  exceptions,
});

function exceptions(table: ExceptionTable): void {
  table.abbreviations(`
    ав авт агр адм акад ал ан англ араб арт арх археол астр афр бл бр букв бул в вм воен вр г геод геол геом гимн гл
    гр грам др ез ел ж.р жп жур журн застр зем знач и␣др и␣под и␣пр изр изт икон инж канц конкр л лат лв лит м.р мат
    мед мин.вр мн.ч муз напр нар науч непр обик опред особ ост относ отр пад парл печ пл погов пол пон пр правосл
    прибл прил проф псих рим с с.р с.ст св сег сз соц сп срв старогр староевр стат стил стр счет съкр съобщ същ т.е
    т.н т.нар текст тел телев топогр търг търж ул унив уч фарм фехт физ физиол фил фин фолкл фон фот фр футб харт
    хидр хим хир хол хран църк ч числ чл шах шахм швед шотл юр яп
  `);
  table.whole('в-у г-жа г-н г-ца д-р м-у м/у о-в п-в с-у с/у');
}
