"""Runs the real FineWeb steps over a written miniweb and compares with its truth.

    .peers/bin/python tooling/oracles/miniweb/judge.py DIRECTORY [--main-text]

Needs datatrove 0.10, trafilatura, spacy, fasttext and warcio (pip). Texts come from trafilatura with datatrove's
settings, or with --main-text from the truth itself, which judges the generator apart from any extractor.
Prints one line per kind of disagreement. Not part of the test suite: a one-off check of the generator.
"""
import collections
import gzip
import json
import logging
import pathlib
import sys

import fasttext
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    URLFilter,
)
from trafilatura import extract
from warcio.archiveiterator import ArchiveIterator

logging.disable(logging.CRITICAL)
directory = pathlib.Path(sys.argv[1])
use_main_text = "--main-text" in sys.argv
root = pathlib.Path(__file__).resolve().parents[3]
model = next((root / "node_modules/fasttext.wasm.js").rglob("lid.176.ftz"))
lid = fasttext.load_model(str(model))

truth = {}
for line in gzip.open(directory / "truth.jsonl.gz", "rt", encoding="utf8"):
    row = json.loads(line)
    truth[row["url"]] = row

read = lambda name: (directory / name).read_text().split()
url_filter = URLFilter(extra_domains=read("blocked-domains.txt"), extra_urls=read("blocked-urls.txt"))
filters = [
    ("gopher-repetition", GopherRepetitionFilter()),
    ("gopher-quality", GopherQualityFilter()),
    ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
    ("fineweb", FineWebQualityFilter()),
]


def judge(url, html, main_text):
    doc = Document(text="x", id=url, metadata={"url": url})
    result = url_filter.filter(doc)
    if result is not True:
        return ("url", result[1])
    if use_main_text:
        text = main_text
    else:
        text = extract(html, favor_precision=True, include_comments=False, deduplicate=False)
    if not text:
        return ("extraction", "empty")
    labels, scores = lid.predict(text.replace("\n", " "))
    language = labels[0].removeprefix("__label__")
    if language != "en":
        return ("language", "not-selected")
    if scores[0] <= 0.65:
        return ("language", "low-score")
    doc.text = text
    for name, step in filters:
        result = step.filter(doc)
        if result is not True:
            return (name, result[1] if isinstance(result, tuple) else None)
    return None


misses = collections.Counter()
examples = {}
same_text = other_text = agreed = 0
for path in sorted(directory.glob("*.warc.gz")):
    with open(path, "rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response":
                continue
            url = record.rec_headers["WARC-Target-URI"]
            row = truth[url]
            if row.get("step") == "reader":
                continue
            body = record.content_stream().read()
            charset = (row.get("charset") or {}).get("name", "utf-8")
            html = body.decode(charset)
            actual = judge(url, html, row["mainText"])
            expected = (row["step"], row["reason"]) if not row["keep"] and row["step"] != "minhash" else None
            if actual == expected:
                agreed += 1
            else:
                key = (row["kind"], expected, actual)
                misses[key] += 1
                examples.setdefault(key, url)
            if row["keep"] and not use_main_text:
                text = extract(html, favor_precision=True, include_comments=False, deduplicate=False) or ""
                if text.strip() == row["mainText"].strip():
                    same_text += 1
                else:
                    other_text += 1
print("agreed", agreed, "missed", sum(misses.values()), "same text", same_text, "other text", other_text)
for key, count in misses.most_common():
    print(count, *key, examples[key])
