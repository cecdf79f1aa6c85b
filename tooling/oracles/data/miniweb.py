"""What datatrove decides about the texts of the invented web, in FineWeb's order, for `compare-miniweb.ts`.

    pip install datatrove==0.10.1 spacy regex fasttext-numpy2-wheel
    python miniweb.py TEXTS.jsonl DECISIONS.jsonl LID.176.FTZ

LID.176.FTZ is the file that our own identifier reads (package fasttext.wasm.js). A row of DECISIONS is the fate of a text
(`keep`, or the step and its reason) and, if it is kept, a digest of what is left of it.
"""

import hashlib
import json
import sys

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.formatters import PIIFormatter
from fasttext.FastText import _FastText

texts, decisions, model = sys.argv[1:]
language = LanguageFilter("en")
language.model._model = _FastText(model)
FILTERS = [
    ("language", language),
    ("gopher-repetition", GopherRepetitionFilter()),
    ("gopher-quality", GopherQualityFilter()),
    ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
    ("fineweb", FineWebQualityFilter()),
]


def fate(document):
    for name, step in FILTERS:
        verdict = step.filter(document)
        if verdict is True:
            continue
        if name == "language":
            # datatrove gives no reason here.
            best = document.metadata["language"]
            return f"language/{'low-score' if best == 'en' else 'not-selected'}"
        return f"{name}/{verdict[1] if isinstance(verdict, tuple) else ''}"
    return "keep"


with open(decisions, "w") as out:
    for line in open(texts, encoding="utf-8"):
        document = Document(text=json.loads(line)["text"], id="0")
        row = {"fate": fate(document), "digest": ""}
        if row["fate"] == "keep":
            # A new one each: its replacements take turns from document to document.
            row["digest"] = hashlib.sha1(PIIFormatter().format(document.text).encode()).hexdigest()[:16]
        out.write(json.dumps(row) + "\n")
