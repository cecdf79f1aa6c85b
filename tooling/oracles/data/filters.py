"""Writes packages/data/src/filters/fixtures/datatrove-filters.json: what datatrove's filters decide about texts of our own.

    python3 -m venv .peers && .peers/bin/pip install datatrove==0.10.0 spacy regex
    .peers/bin/python tooling/oracles/data/filters.py

A text is a list of [string, repetitions], so long texts stay small in the file. Every rule of every filter is hit at
least once, and the places where Python and JavaScript see text differently are there: code points beyond the BMP, line
ends that only `splitlines` knows, white space that only one side strips, words that the tokenizer takes apart.
"""

import hashlib
import importlib.metadata
import json
import pathlib

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.utils.text import simplify_text, split_into_sentences, split_into_words

S = [
    "The miller of the upper valley keeps his accounts in a book with a green cover and shows it to nobody.",
    "When the rain stops, the children run to the bridge and throw pieces of bark into the brown water.",
    "It is said that the clock of the town hall has been wrong since the night of the great fire.",
    "A baker needs patience, because the dough does not care about the time at which the shop opens.",
    "My aunt, who worked as a surveyor, could tell the height of a tree by looking at its shadow.",
    "On Thursdays the library stays open until nine, and then the readers walk home under the lamps.",
    "Nobody has found the second key, although every drawer of the house was emptied twice.",
    "The train to the coast leaves from the old platform, so people with suitcases often miss it.",
    "Bees remember colours well; they come back to the yellow box even after it was moved.",
    "He wrote three letters that winter, and with each of them his handwriting grew smaller.",
    "You have to turn the handle slowly, or the drum will jump out of its iron frame.",
    "From the tower one can see the salt pans, the dunes and, with luck, the islands beyond them.",
]
P = "\n".join(S)
WORDS = " ".join(S)


def doc(*parts):
    return [[part, 1] if isinstance(part, str) else list(part) for part in parts]


unique = [f"{s[:-1]} number {i} of {i * 37 % 101} places near the {w}." for i in range(4) for s, w in zip(S, "harbour market forest school garden station church tower meadow castle river quarry".split())]

TEXTS = {
    "prose": doc(P),
    "prose of one line": doc(WORDS),
    "short": doc(" ".join(S[:3])),
    "empty lines only": doc("\n \n\t\n"),
    "one word": doc("Word"),
    "49 words and 1 symbol": doc("the of " + "word " * 47 + "—"),
    "50 words exactly": doc("the of " + "word " * 48),
    "long": doc(("the house of a friend stands there, ", 15000)),
    "short words": doc("a b to of the " * 20 + P[:40]),
    "long words": doc("the of " + "incomprehensibility internationalization counterrevolutionary " * 20),
    "hashes": doc(" ".join(f"#{w}" if i % 7 == 0 else w for i, w in enumerate(WORDS.split()))),
    "hash alone": doc(WORDS + " #" * 40),
    "ellipses": doc(" ".join(w + "..." if i % 8 == 0 else w for i, w in enumerate(WORDS.split()))),
    "ellipsis characters": doc(" ".join(w + "…" if i % 8 == 0 else w for i, w in enumerate(WORDS.split()))),
    "bullets": doc("\n".join(f"- {s}" for s in S)),
    "round bullets": doc("\n".join(f"  • {s}" for s in S)),
    "ten of eleven bullets": doc("\n".join([f"- {s}" for s in S[:10]] + [S[10]])),
    "lines that end in dots": doc("\n".join(s[:-1] + ("..." if i % 3 == 0 else ".") for i, s in enumerate(S))),
    "lines that end in an ellipsis": doc("\n".join(s[:-1] + ("… " if i % 2 == 0 else ".") for i, s in enumerate(S))),
    "numbers": doc(" ".join(str(i * 7919 % 9973) if i % 3 == 0 else w for i, w in enumerate(WORDS.split()))),
    "no stop words": doc(" ".join(w for w in WORDS.split() if w not in "the be to of and that have with".split())),
    "one stop word, twice": doc(" ".join(w for w in WORDS.split() if w not in "be to of and that have with".split())),
    "repeated paragraph": doc("\n\n".join([S[0], S[1], S[0], S[1], S[0], S[2]])),
    "long repeated paragraph": doc("\n\n".join([WORDS] + S[:3] + [WORDS] + S[4:7])),
    "repeated lines": doc("\n".join([S[0], S[1], S[0], S[2], S[0], S[3], S[0]])),
    "long repeated line": doc("\n".join([" ".join(S[:4])] + S[4:] + [" ".join(S[:4])])),
    "blank lines between": doc("\n\n\n".join(S)),
    "top 2-gram": doc(" ".join(f"{w} green door" for w in WORDS.split()[:60])),
    "top 3-gram": doc(" ".join(" ".join(WORDS.split()[i * 6 : i * 6 + 6]) + " big blue barrel" for i in range(16))),
    "top 4-gram": doc(" ".join(" ".join(WORDS.split()[i * 9 : i * 9 + 9]) + " as everybody knows well" for i in range(14))),
    "duplicated 5-gram": doc(" ".join(" ".join(WORDS.split()[i * 20 : i * 20 + 20]) + " and this is how it has always been done in that country" for i in range(6))),
    "duplicated 10-gram": doc(WORDS + " " + " ".join(unique[:12]) + " " + " ".join(WORDS.split()[20:62])),
    "two halves alike": doc(WORDS + " " + WORDS),
    "lorem ipsum": doc(P + "\nLorem Ipsum dolor sit amet."),
    "curly bracket": doc(P + "\nThe set {1, 2} is small."),
    "bracket in a short line": doc(P + "\n{ }\n" + S[0][:-1] + " again."),
    "javascript line": doc(P + "\nPlease enable JavaScript to see this page."),
    "policy lines": doc(P + "\nRead our Privacy Policy before you go.\nThis site uses cookies for its pages."),
    "citations": doc("\n".join(s[:-1] + f"[{i}] [edit] [citation needed]." for i, s in enumerate(S))),
    "long word in a line": doc(P + "\nThis line has ", ("x", 1001), " in it."),
    "word of 1000 letters": doc(P + "\nThis line has ", ("x", 1000), " in it."),
    "1001 units but 501 characters": doc(P + "\nThis line has ", ("😀", 501), " in it."),
    "two words a line": doc("\n".join(["Yes indeed.", "Not now."] + S)),
    "four sentences": doc("\n".join(S[:4])),
    "five sentences": doc("\n".join(S[:5])),
    "sentences in one line": doc("He came. She left! Did they meet? Nobody knows... But the door was open."),
    "abbreviations": doc("Dr. Meyer met Mr. Jones at 5 p.m. in the U.S. office of Ward & Co. yesterday. " + WORDS),
    "no terminal punctuation": doc("\n".join(s[:-1] for s in S)),
    "quoted ends": doc("\n".join(s[:-1] + '."' for s in S)),
    "one line in nine is punctuated": doc("\n".join(s if i % 9 == 0 else s[:-1] for i, s in enumerate(S[:9]))),
    "short lines": doc("\n".join(["A short line here.", "And one more now.", "The third one."] * 1 + [S[0]])),
    "lines of 30 and 31": doc("\n".join(["x" * 29 + ".", "y" * 30 + ".", "z" * 29 + "."])),
    "a line twice": doc("\n".join(S + [S[3]])),
    "list": doc("\n".join(f"{w} thing." for w in "red green blue white black brown grey pink".split()) + "\n" + "Another line that is longer than thirty characters.\n" * 1),
    "many newlines": doc("\n".join(w * 32 + "." for w in "abcdefghij")),
    "other line ends": doc("\v".join(S[:4]) + "\x85" + "\u2028".join(S[4:8]) + "\r\n" + "\x1c".join(S[8:])),
    "next line as blank": doc(S[0] + "\x85\x85" + S[1] + "\ufeff" + " ".join(S[2:])),
    "unusual blanks": doc("\u3000".join(S) + "\x1f" + S[0] + "\u200b" + S[1]),
    "beyond the BMP": doc("\n".join(s.replace("the", "𝓽𝓱𝓮").replace("a", "😀") for s in S)),
    "chinese stops": doc("\n".join(s[:-1] + "。" for s in S)),
    "danda and quotes": doc("\n".join(s[:-1] + ("।" if i % 8 == 0 else "”") for i, s in enumerate(S))),
    "contractions": doc("I'm sure they don't know what she'll do; we've seen it, haven't we? It's o'clock, y'all. " + WORDS),
    "curly contractions": doc("I’m sure they don’t know what she’ll do; we’ve seen it, haven’t we? Cannot, gonna, dunno. " + WORDS),
    "urls and mail": doc("See https://example.org/a/b?c=d#e, www.example.com or write to someone@example.net, ok? " + WORDS),
    "hyphens and units": doc("A well-known 5km run costs $20 (or 15€), at 30°C. and 100% effort--really, re-enter 3.5kg/2. " + WORDS),
    "emoticons": doc("Good :-) bad :( and :D :/ <3 8-) ^_^ ends (sic)! [1],[2] a.b.c U.S.A. and/or w/o x=y a/b 1:2 " + WORDS),
    "mail addresses": doc("Write to jane.doe@example.com, to bob@mail.example.co.uk or x@y. Also <a+b@c.de>, ..dots..@x.org, é@ü.de and me@[10.0.0.1]; me@[host:]."),
    "ip addresses": doc("From 8.8.8.8, 192.168.0.1, 10.1.2.3, 1.2.3.4.5, 01.2.3.4, 100.64.1.1, 203.0.113.9, 999.9.9.9 and 255.255.255.255 to 192.0.0.9, v1.22.33.44x."),
    "diacritics and numbers": doc("Ça coûte 1.234,50 € à Zürich; ١٢٣٫٤ and ３．５ İstanbul ΣΟΦΟΣ naïve coöperation — “quoted” 3,000,000 times. Ǆ ﬁ Å."),
    "javascript and brace": doc(P + "\nIn JavaScript a block starts with { and nothing else.\n"),
    "tabs": doc("\t".join(WORDS.split())),
    "words with zero width": doc(WORDS.replace(" the ", " the\u200b ").replace("e", "é")),
}

FILTERS = {
    "gopherRepetition": GopherRepetitionFilter(),
    "gopherQuality": GopherQualityFilter(),
    "c4": C4QualityFilter(filter_no_terminal_punct=False),
    "fineWeb": FineWebQualityFilter(),
}


def decide(filter, text):
    document = Document(text=text, id="x")
    try:
        result = filter.filter(document)
    except (ZeroDivisionError, AssertionError) as error:
        return {"error": type(error).__name__}
    if result is True:
        if document.text == text:
            return {"kept": True}
        # A long rewritten text is compared by its digest, to keep the file small.
        digest = hashlib.sha256(document.text.encode()).hexdigest()
        return {"kept": True, "text": document.text} if len(document.text) < 300 else {"kept": True, "sha256": digest}
    return {"reason": result[1]}


rows = []
for name, parts in TEXTS.items():
    text = "".join(part * count for part, count in parts)
    row = {"name": name, "parts": parts}
    row.update({key: decide(filter, text) for key, filter in FILTERS.items()})
    if len(text) < 400:
        row["words"] = split_into_words(text, "eng")
        row["simplified"] = simplify_text(text)
    row["wordCount"] = len(split_into_words(text, "eng"))
    row["sentences"] = len(split_into_sentences(text, "eng")) if len(text) < 100_000 else None
    clean = PIIFormatter().format(text)
    if clean != text:
        row["pii"] = clean
    rows.append(row)

reasons = sorted({row[key]["reason"] for row in rows for key in FILTERS if "reason" in row[key]})
version = importlib.metadata.version("datatrove")
path = pathlib.Path(__file__).parents[3] / "packages/data/src/filters/fixtures/datatrove-filters.json"
path.write_text(json.dumps({"datatrove": version, "spacy": importlib.metadata.version("spacy"), "texts": rows}, ensure_ascii=False, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
print(len(rows), "texts,", path.stat().st_size, "bytes,", "reasons:", " ".join(reasons))
