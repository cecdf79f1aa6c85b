/**
 * Ten other languages: hand-written sentences about the same world, so that language identification has
 * something real to decide.
 */
import cs from '../texts/languages/cs.json' with { type: 'json' };
import de from '../texts/languages/de.json' with { type: 'json' };
import es from '../texts/languages/es.json' with { type: 'json' };
import fr from '../texts/languages/fr.json' with { type: 'json' };
import it from '../texts/languages/it.json' with { type: 'json' };
import ja from '../texts/languages/ja.json' with { type: 'json' };
import nl from '../texts/languages/nl.json' with { type: 'json' };
import pl from '../texts/languages/pl.json' with { type: 'json' };
import pt from '../texts/languages/pt.json' with { type: 'json' };
import ru from '../texts/languages/ru.json' with { type: 'json' };

export const foreignTexts = { de, fr, es, it, pt, nl, ru, pl, cs, ja };
export type ForeignLanguage = keyof typeof foreignTexts;
