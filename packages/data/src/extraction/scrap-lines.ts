/**
 * Short lines that templates put into the text: advertisement marks, invitations to share or read on, dates,
 * picture credits. Whole lines only, in the languages that the web pages tested with are written in.
 */

const longest = 90;

const marks = new RegExp(
  `^(?:${[
    'advertisements?|advertising|sponsored(?: content)?|anzeigen?|werbung|reklama?|publicit[ée]|publicidad|publicidade|pubblicit[àa]|annonce|mainos|hirdetés',
    'share|share (?:this|on|via|with)\\b.{0,40}|tweet|print|e-?mail|drucken|teilen|artikel (?:teilen|drucken|versenden)|partager|compartir|condividi|imprimer|imprimir|udostępnij|drukuj',
    '(?:comments?|kommentare?|commentaires?|comentarios?|komentarze|reply|antworten|répondre)(?: ?[:(]? ?\\d*\\)?)?|leave a (?:comment|reply)|(?:no|\\d+) comments?|keine kommentare',
    '(?:tags?|schlagworte?|stichworte?|keywords|kategorien?|categor(?:y|ies)|themen|topics|filed under|labels|mots[- ]clés|etiquetas|tagi)\\s*:.{0,80}',
    '(?:photo|foto|fotos|picture|image|bild|bilder|credits?|quelle|bildquelle|photograph|fot\\.|zdjęcie|źródło)(?: (?:by|von|credit))?\\s?[:©/].{0,70}',
    '©.{0,80}|copyright\\b.{0,70}',
    '\\d{1,2} min(?:\\.|utes?|uten)?(?: (?:read|lesezeit|lesen|de lecture|de lectura))?|lesezeit:? .{0,20}|reading time:? .{0,20}',
    '(?:auch|das könnte (?:sie|dich|euch)(?: auch)?) interess(?:ant|ieren)|mehr (?:zum thema|dazu|infos?|lesen|artikel)|weitere (?:artikel|beiträge|themen|informationen|infos)|ähnliche (?:artikel|beiträge)|lesen sie (?:auch|mehr|dazu)|zum thema|schon gelesen|weiterlesen|passend dazu|siehe auch',
    'related(?: (?:articles?|stories|posts?|topics|content|coverage|links|news))?|read (?:more|next|also|on|further)|more (?:from|on|stories|news|articles)\\b.{0,40}|see also|you (?:may|might) also (?:like|enjoy|be interested in)|recommended(?: for you)?|most (?:read|popular)|trending(?: now)?|popular posts|continue reading',
    'lire aussi|à lire(?: aussi)?|sur le même (?:sujet|thème)|en savoir plus|voir aussi|ver también|le puede interesar|te puede interesar|lea también|más (?:información|noticias)|leggi anche|zobacz (?:też|także|również)|czytaj (?:też|także|również|więcej)',
    'sign up|subscribe(?: now)?|log in|newsletter|follow us|folgen sie uns|jetzt abonnieren|back to top|nach oben|zurück|top|next|previous|weiter|loading\\.*|click to (?:enlarge|expand)|bild vergrößern|(?:bild|galerie|video) (?:anzeigen|öffnen|zeigen)|play|pause|menu|search|suche',
  ].join('|')})\\s*[:»>→.!?…)*-]*$`,
  'i',
);

const months =
  'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]vrier|m(?:ar(?:ch|s|zo)?|ärz|arca)|apr(?:il)?|avril|abril|ma[iy]o?|ju[nl][iye]?|juin|juillet|aug(?:ust)?|ao[uû]t|agosto|sep(?:t(?:ember|embre|iembre)?)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|d[eéi][cz](?:ember|embre|iembre)?|stycznia|lutego|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia';
const date = new RegExp(
  `^(?:(?:published|updated|posted|last modified|veröffentlicht|aktualisiert|stand|publié|publicado|erstellt|am|on|le|by|von|vom)\\b[ :]*)*(?:[a-zäöüß]{2,10}[,.]? )?(?:\\d{1,4}[./-]\\d{1,2}[./-]\\d{2,4}|\\d{1,2}\\.? (?:de )?(?:${months})\\.?,? (?:de )?\\d{4}|(?:${months})\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4})(?:[ ,|–-]*(?:at|um|à|a las)? ?\\d{1,2}[:.h]\\d{2}(?::\\d{2})? ?(?:am|pm|uhr|[a-z]{2,4})?)?[ .|]*$`,
  'i',
);

/** Starts of headings over lists of other pages. Longer than the scrap lines: `More on this from …`. */
const elsewhere = new RegExp(
  `^(?:${[
    'related\\b|read (?:more|next|also|on)\\b|more (?:from|on|stories|news|articles|about)\\b|(?:see|you (?:may|might)) also\\b|recommended\\b|most (?:read|popular|viewed|recent)\\b|trending\\b|popular\\b|latest (?:news|posts|articles|stories)|recent (?:posts|articles|news|comments)|further reading|similar\\b|(?:next|previous) (?:article|post|story)|what to read next|don.t miss|about the author|leave a (?:comment|reply)|share this\\b|subscribe\\b|sign up\\b|newsletter|join (?:our|the)\\b',
    'mehr (?:zum|aus|von|über|dazu|infos?|kolumnen|artikel|nachrichten)\\b|noch mehr\\b|weitere[nrs]?\\b|weiterführende\\b|verwandte\\b|ähnliche\\b|(?:das könnte|auch) .{0,20}interess|auch interessant|(?:die )?meist(?:gelesen|diskutiert)|neueste\\b|aktuelle (?:artikel|beiträge|nachrichten|themen)|(?:nächster|vorheriger|letzte) (?:artikel|beitrag|beiträge)|lesen sie (?:auch|mehr|weiter|dazu)|zum weiterlesen|schon gelesen|top[- ]themen|über (?:den autor|die autorin)|kommentieren|kommentare?$|schreibe? (?:einen|ihren) kommentar|hinterlasse|unterstütze|passend dazu|quellen(?:angaben)?:?$|schlagworte|teilen\\b|empfehlungen\\b|unsere empfehlung',
    'vous aimerez|à lire|lire aussi|sur le même|pour aller plus loin|en savoir plus|articles? (?:similaires|liés)|dans la même|commentaires?|temas relacionados|noticias relacionadas|te puede interesar|le puede interesar|lo más (?:leído|visto)|más noticias|ver también|lea también|artículos relacionados|leggi anche|articoli correlati|potrebbe interessarti|zobacz|czytaj|polecamy|najnowsze|powiązane|leia (?:também|mais)|veja também|notícias relacionadas|lees (?:ook|verder)|gerelateerd|meer over|läs (?:mer|också)|les også|ezek is',
  ].join('|')})`,
  'i',
);

/** Whether a heading stands over links to other pages, comments or the like. */
export function isElsewhereHeading(heading: string): boolean {
  return heading.length <= 80 && elsewhere.test(heading);
}

/** Whether a line of text (white space collapsed) is such a scrap. */
export function isScrapLine(line: string): boolean {
  if (line.length > longest) return false;
  return marks.test(line) || (/\d/.test(line) && date.test(line));
}
