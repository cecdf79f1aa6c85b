"""What ftfy 6.3.1 makes of texts with the options of datatrove 0.10's FTFYFormatter, for packages/data/src/repair/.

    pip install ftfy==6.3.1
    python text_repair.py > packages/data/src/repair/fixtures/repair-text.json
    python text_repair.py TEXTS.jsonl > rows.json     # of texts of one's own: damaged in every encoding, and as they are
"""
import json
import random
import sys

import ftfy
from ftfy import TextFixerConfig
from ftfy.chardata import CHARMAP_ENCODINGS

CONFIG = TextFixerConfig(
    fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, fix_line_breaks=False, normalization=None
)
LINES = [
    "The captain’s log – “kept” in the café… 25 € à la carte", "Größe, Übung, Straße", "Что это? «Да», — сказал он.", "Τι είναι αυτό;",
    "Příliš žluťoučký kůň", "東京の港は広い。", "هذا نص عربي", "Ağaç şöyle", "Āda žāvēta", "😀 smile", "nothing to repair",
]
ROWS = [
    "Â© 2019", "naÃ¯ve", "Ã la mode", "voilÃ le travail", "â€œ like this â€\ufffd", "a\x85b\x91c\x9d", "Ã©\n<b>Ã©</b> &eacute;", "&eacute; &EACUTE; &amp;amp;lt; &#233; &#x80; &#59; &#0; &nope;",
    "\x1b[31mred\x1b[0m\x07 \ufeff\u206a\ufffc", "ÃƒÂ©tait", "ГўВЂВ a", "\u00c3\u00a9 漢字", "ð\x9f\x98\x80 \u00ed\u00a0\u00bd\u00ed\u00b8\u0080 \u00c0\u0080", "fine ß, œuvre, ½ × ²",
    "ﬁnd ＬＯＵＤ ‘curly’ \r\n \u2028", "It's 5° in A°", "l’œuvre d’Ãric", "P&SUP3; &COPYSR; &ETHX;", "\u00e2\u0080\u0099 and \u2019",
]
own = sys.argv[1] if len(sys.argv) > 1 else None
random.seed(6)
if own:
    texts = [json.loads(line)["text"] for line in open(own)]
    lines = [line for text in texts for line in text.split("\n") if 20 < len(line) < 400 and not line.isascii()]
    rows = texts + [random.choice(lines).encode().decode(random.choice(CHARMAP_ENCODINGS), "replace") for _ in range(len(texts))]
else:
    rows = ROWS + [line.encode().decode(encoding, "replace") for line in LINES for encoding in CHARMAP_ENCODINGS]
print(json.dumps([[row, ftfy.fix_text(row, config=CONFIG)] for row in rows], separators=(",", ":")))
