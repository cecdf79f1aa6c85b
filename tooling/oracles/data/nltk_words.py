"""Words and sentences of NLTK 3.8.1 for packages/data/src/words/nltk/nltk-english.test.ts, by parameters of our own.

    pip install nltk==3.8.1
    python nltk_words.py > packages/data/src/words/nltk/fixtures/nltk-english.json
"""
import json

from nltk.tokenize.destructive import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

FILES = {
    "abbrev_types.txt": "mr\ndr\nu.s\ne.g\ninc\na.m\nvs\nco\n. .\n",
    "collocations.tab": "##number##\tavenue\nj\tbecker\n",
    "sent_starters.txt": "he\nthe\nhowever\n",
    # 2, 4, 8: upper case at the beginning, in the middle, at an unknown place; 16, 32, 64: lower case.
    "ortho_context.tab": "the\t54\nriver\t46\nhe\t42\nsmith\t6\nboats\t34\nsome\t34\nmill\t32\nin\t34\nit\t18\n",
}
TEXTS = [
    "The mill is old. It stands by the river.", "Mr. Gray kept the key. He lost it.", "Ask Dr. Boats or Dr. Smith.",
    "It moved to the U.S. The river stayed.", "It moved to the U.S. in spring.", "Acme Inc. however, closed.", "Acme Inc. However, it closed.",
    "At 9 a.m. Some boats left at 10 a.m. the bell rang.", "J. Becker wrote to A. Mill and B. in town.", "No. 5. The next is 6. avenue.",
    "Page 12. The mill. 3.5. It cost 1,000.50. and more", "Wait... The bell! What?! It rang.", "Wait ... he said. . . . The end.",
    "(It stands here.) It fell.", "\"Stop.\" He went.", "'Stop.' he said.--\"Go.\"--Then he left.", "He said \"no.\" \"Yes!\" she said.)",
    "One.Two!Three?Four.", "One!!! Two??? Three... four.", " . . Leading. \n\n Blank lines.\n\tTabs.\t", ".", "", "   ", "a.", "?!", "...",
    "I can't, won't, and cannot; gonna, wanna go, gimme, GIMME, lemme, gotta, more'n, d'ye, 'tis and 'Twas so.",
    "They've said I'd, he'll, she's, it'S, you'RE, don't DON'T the boys' dogs' .", "A 'quoted' word, ''two'' and ``back`` and ```three```.",
    "\"Begin\" [\"bracket\" (\"paren\") {\"brace\" <\"angle\"", "It's 3:15, 5,000:6, a:b, c,d: end:", "Mail a@b.org; 50% of $3.50 & #7 *star* [1] {2} <3>.",
    "Dash -- and --- and—em–en - hyphen-ated x--y.", "“Curly ‘quotes’ here.” He left. «Oui.» said „no“.", "Ends with quote.\"", "Ends in brackets.])}>", "Ends apart . \" ) ",
    "Two stops.. Three... Four.... x.y.", "Line one.\nline two.\r\nLine three.\u2028Next.\x1cOver.\x85Done.", "Ünïcode. Äpfel! ß. é. 中文。 No.", "½. ². Ⅳ. ٣. 5½.", "GİMME gımme 'tıs ſo 'ſ 'x 'é 'xy",
    "well-known co. Smith and non-u.s. The rest", "http://a.org/b.html?c=d. The site.", "e.g. this vs. That. i.e. it", "A.B. Smith. C.D. the. E. in", "##number## . It", "Stop.) ] } The end", "x. \u00a0\u2003 y. \ufeffz.",
]
CUT = PunktParameters()
lines = {name: text.split("\n")[:-1] for name, text in FILES.items()}
CUT.abbrev_types = set(lines["abbrev_types.txt"])
CUT.collocations = {tuple(line.split("\t")) for line in lines["collocations.tab"]}
CUT.sent_starters = set(lines["sent_starters.txt"])
for line in lines["ortho_context.tab"]:
    word, flags = line.split("\t")
    CUT.ortho_context[word] = int(flags)
punkt, treebank = PunktSentenceTokenizer(CUT), NLTKWordTokenizer()
rows = []
for text in TEXTS:
    sentences = punkt.tokenize(text)
    rows.append({"text": text, "sentences": sentences, "words": [word for one in sentences for word in treebank.tokenize(one)]})
print(json.dumps({"files": FILES, "rows": rows}, ensure_ascii=True, separators=(",", ":")))
