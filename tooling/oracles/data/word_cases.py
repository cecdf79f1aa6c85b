"""Texts made to be cut wrongly, for `words.py`: exceptions of spaCy's languages among marks, numbers and units.

    .peers/bin/python tooling/oracles/data/word_cases.py PIECES > documents.jsonl

One text of PIECES pieces for each language. The fixture of `words-by-language.test.ts` is

    word_cases.py 40 > cases.jsonl; words.py < cases.jsonl > words.jsonl; word_cases.py --join cases.jsonl words.jsonl

without one Italian piece, `:(—42nord-est` behind `)`: word-splitter.ts says why.
"""

import json
import pathlib
import random
import sys

LANGUAGES = (
    "arb_Arab:ar bul_Cyrl:bg cat_Latn:ca dan_Latn:da deu_Latn:de ell_Grek:el spa_Latn:es fas_Arab:fa fin_Latn:fi fra_Latn:fr "
    "hun_Latn:hu ind_Latn:id ita_Latn:it lit_Latn:lt nob_Latn:nb nld_Latn:nl pol_Latn:pl por_Latn:pt ron_Latn:ro rus_Cyrl:ru "
    "slv_Latn:sl srp_Cyrl:sr swe_Latn:sv tur_Latn:tr ukr_Cyrl:uk eng_Latn:en ces_Latn:xx hin_Deva:hi"
)
MARKS = list("…,:;!?¿¡()[]{}<>_#*&'\"”“‘’«»-–—~.=+/%§°$€@") + ["...", "..", "--", "''", "``", ",,", "..."]
UNITS = "km kg % °C ° € $ US$ MB м с kmh mg".split()
WORDS = {
    "el": "λόγος Άνδρας πρώτος δεύτερος",
    "bg": "дума Река съ́д",
    "ru": "слово Река за́мок",
    "uk": "слово Ріка за́мок",
    "sr": "реч Река",
    "ar": "كلمة نهر",
    "fa": "واژه رود",
    "hi": "शब्द नदी",
    "pt": "guarda chuva R$ Ação",
    "fr": "l'eau d’or après-midi entr'acte vas-tu grand'mère pet-en-l'air été",
    "ro": "într-un ducându-se aș Și",
    "ca": "l'aigua donar-li-ho Ésser d’or",
    "it": "l'acqua dell’arte È '90 20°",
    "sl": "BTC-jev TV-ja črno-bel Žena",
    "hu": "10-en 2017-ben jó-e Év",
    "tr": "1990'da IV. Dr.'un 3/4 yıl",
    "pl": "dwu-osobowy jedno-razowy biało-czerwony Żona",
    "id": "anak-anak buku-nya Rp50 rumah-ku",
    "nl": "'s-avonds zo'n Één",
    "de": "und/oder Grün's ``so'' 10-20 Über",
    "sv": "USA:s S:t s:t hus' bil's Å",
    "fi": "n:o EU:n Äiti",
    "da": "huset' Lars' Å §3",
    "nb": "huset' Lars' Å 5° #tag",
}
PLAIN = "word Word WORD a B e-mail one-two x.Y l'x x/y a:b 7 42 1990 3,5 1.000 12:30 1-2 10+2 A.B. U.S. http://example.org/a?b=c www.example.com/x-y me@example.org"


def exceptions(code):
    from spacy.lang.tokenizer_exceptions import BASE_EXCEPTIONS
    from spacy.util import get_lang_class

    if code in ("hi", "xx"):
        return []
    own = [word for word in get_lang_class(code).Defaults.tokenizer_exceptions if word not in BASE_EXCEPTIONS]
    if code == "id":  # what a rule says instead of the list
        own = [word for word in own if "-" not in word or (word.split("-")[0] == word.split("-")[1] and "an-" not in word)]
    return own


def text(code, pieces):
    chance = random.Random(f"{code}{pieces}")
    own = exceptions(code)
    words = (PLAIN + " " + WORDS.get(code, "")).split()
    # A few of the shared exceptions too.
    own = own or ["a.", ":-)"]

    def part():
        kind = chance.random()
        if kind < 0.3:
            return chance.choice(own)
        if kind < 0.36:
            return chance.choice([":-)", ":(", "ü.", "C++", "<3", "°c.", "o.O"])
        if kind < 0.7:
            return chance.choice(words)
        if kind < 0.78:
            return chance.choice(["5", "10", "2,5"]) + chance.choice(UNITS)
        return "".join(chance.choice(MARKS) for _ in range(chance.choice([1, 1, 2])))

    return " ".join("".join(part() for _ in range(chance.choice([1, 1, 2, 2, 3, 4]))) for _ in range(pieces))


def joined(cut, words):
    """The text with `·` where words are cut within a piece and `␣` for blanks within words."""
    out, at = "", 0
    for word in words:
        gap = cut.index(word, at) - at
        out += " " * gap if gap else "·" if out else ""
        out += word.replace(" ", "␣")
        at += gap + len(word)
    return out


if sys.argv[1] == "--join":
    documents, lists = (pathlib.Path(name).read_text().splitlines() for name in sys.argv[2:4])
    rows = {}
    for document, words in zip(documents, lists, strict=True):
        document = json.loads(document)
        rows[document["language"]] = joined(document["text"], json.loads(words))
    path = pathlib.Path(__file__).parents[3] / "packages/data/src/words/fixtures/words-by-language.json"
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
else:
    for pair in LANGUAGES.split():
        language, code = pair.split(":")
        print(json.dumps({"language": language, "text": text(code, int(sys.argv[1]))}, ensure_ascii=False))
