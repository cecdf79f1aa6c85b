"""
What the filters of the FineWeb release decide about texts: datatrove 0.2.0 (22 April 2024, two days after the
commit that added `examples/fineweb.py`) with NLTK 3.8.1's words. Its punkt data is not on PyPI; llama-index-core
0.10.30 carries it, pickled as NLTK 3.8.1 reads it, and 0.14 carries the same as `punkt_tab`.

    pip install nltk==3.8.1 numpy 'xxhash<4' dill loguru huggingface_hub fsspec humanize
    pip install --no-deps datatrove==0.2.0
    pip download --no-deps llama-index-core==0.10.30 && unzip llama_index_core-*.whl   # …/_static/nltk_cache
    NLTK_DATA=…/_static/nltk_cache python fineweb_v1.py TEXTS.jsonl DECISIONS.jsonl
    node --import tsx --conditions=@llm/source tooling/oracles/data/compare-fineweb1.ts TEXTS.jsonl DECISIONS.jsonl \
        PUNKT_TAB/english

A row of DECISIONS holds what each filter says of the text as it came, what the chain says, the words and sentences.
"""
import functools
import json
import sys

import nltk
import nltk.tokenize

# The filters ask for the same text again and again.
sent_tokenize = functools.lru_cache(maxsize=500)(nltk.tokenize.sent_tokenize)
word_tokenize = functools.lru_cache(maxsize=8)(nltk.tokenize.word_tokenize)


for module in (nltk, nltk.tokenize):
    module.sent_tokenize = sent_tokenize
    module.word_tokenize = word_tokenize

from datatrove.data import Document  # noqa: E402
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter  # noqa: E402

FILTERS = [
    ("gopher-repetition", GopherRepetitionFilter()),
    ("gopher-quality", GopherQualityFilter()),
    ("c4", C4QualityFilter(filter_no_terminal_punct=False)),
    ("fineweb", FineWebQualityFilter(None)),
]


def decide(text):
    """Each filter alone on the text as it came, and the whole chain."""
    row = {}
    for name, one in FILTERS:
        try:
            answer = one.filter(Document(text=text, id="0"))
        except ZeroDivisionError:
            answer = "error"
        row[name] = answer[1] if isinstance(answer, tuple) else answer
    document = Document(text=text, id="0")
    row["all"] = True
    for name, one in FILTERS:
        try:
            answer = one.filter(document)
        except ZeroDivisionError:
            answer = (False, "error")
        if answer is not True:
            row["all"] = f"{name}/{answer[1]}"
            break
    row["words"] = word_tokenize(text)
    row["sentences"] = sent_tokenize(text)
    return row


with open(sys.argv[2], "w") as out:
    for line in open(sys.argv[1]):
        out.write(json.dumps(decide(json.loads(line)["text"])) + "\n")
