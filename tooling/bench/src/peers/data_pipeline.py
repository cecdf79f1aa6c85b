"""datatrove on the files of the suite `data`: prints seconds of a processor as JSON. Its steps, settings and order are
those of its `examples/fineweb.py` up to the signatures; language by the same lid.176 file that ours reads."""

import importlib.metadata
import json
import logging
import os
import resource
import sys
import tempfile

from loguru import logger

logger.remove()
logging.disable(logging.CRITICAL)
options = json.loads(sys.argv[1])

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
    URLFilter,
)
from datatrove.pipeline.readers import WarcReader
from datatrove.utils.hashing import HashConfig
from fasttext.FastText import _FastText


def seconds():
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def filters():
    return [
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
        FineWebQualityFilter(),
    ]


def keep(step, documents):
    for document in documents:
        verdict = step.filter(document)
        if verdict is True or (isinstance(verdict, tuple) and verdict[0] is True):
            yield document


def signatures(documents, folder):
    config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)
    step = MinhashDedupSignature(folder, config)
    count = 0
    for document in documents:
        shingles = step.get_shingles(document.text)
        if shingles.size > 0:
            step.get_signature(shingles)
            count += 1
    return count


result = {"version": importlib.metadata.version("datatrove"), "seconds": {}}
with tempfile.TemporaryDirectory() as folder:
    # What is loaded with the first document is no part of what a document costs.
    warm = Document(text="The house of a friend stands there, and nobody has been in it.", id="0")
    for step in filters():
        step.filter(warm)
    language = LanguageFilter()
    language.model._model = _FastText(options["language_model"])
    language.filter(warm)

    texts = [Document(text=json.loads(line)["text"], id="") for line in open(options["texts"], encoding="utf-8")]
    start = seconds()
    for step in filters():
        for document in texts:
            step.filter(document)
    result["seconds"]["filters"] = seconds() - start
    start = seconds()
    signatures(texts, folder)
    result["seconds"]["minhash"] = seconds() - start

    url = URLFilter()
    url.filter(Document(text="", id="0", metadata={"url": "https://example.org/"}))
    extractor = Trafilatura(favour_precision=True, timeout=60)
    start = seconds()
    where = os.path.dirname(options["warc"])
    reader = WarcReader(where, glob_pattern=os.path.basename(options["warc"]))
    documents = keep(url, reader.run())
    documents = extractor.run(documents)
    documents = keep(language, documents)
    for step in filters():
        documents = keep(step, documents)
    result["kept"] = signatures(documents, folder)
    # The extractor's process has ended with its documents, so that its time counts.
    result["seconds"]["pipeline"] = seconds() - start
print(json.dumps(result))
