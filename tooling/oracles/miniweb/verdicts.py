"""Writes packages/miniweb/src/rules/fixtures/datatrove-verdicts.json: one text of each kind and what datatrove's filters say.

    .peers/bin/python tooling/oracles/miniweb/verdicts.py DIRECTORY

DIRECTORY holds a written miniweb (any seed). Needs datatrove 0.10 and spacy.
"""
import gzip
import json
import logging
import pathlib
import sys

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.utils.text import split_into_sentences, split_into_words

logging.disable(logging.CRITICAL)
root = pathlib.Path(__file__).resolve().parents[3]
filters = [
    ("gopher-repetition", GopherRepetitionFilter()),
    ("gopher-quality", GopherQualityFilter()),
    ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
    ("fineweb", FineWebQualityFilter()),
]


def verdict(text):
    doc = Document(text=text, id="", metadata={})
    for name, step in filters:
        result = step.filter(doc)
        if result is not True:
            return [name, result[1]]
    return None


rows = []
seen = set()
for line in gzip.open(pathlib.Path(sys.argv[1]) / "truth.jsonl.gz", "rt", encoding="utf8"):
    page = json.loads(line)
    text = page["mainText"]
    if text == "" or page["kind"] in seen or len(text) > 20000 or page.get("step") == "language":
        continue
    seen.add(page["kind"])
    rows.append(
        {
            "kind": page["kind"],
            "verdict": verdict(text),
            "words": len(split_into_words(text)),
            "sentences": sum(len(split_into_sentences(part)) for part in text.split("\n")),
            "text": text,
        }
    )
target = root / "packages/miniweb/src/rules/fixtures/datatrove-verdicts.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
print(len(rows), target.stat().st_size)
