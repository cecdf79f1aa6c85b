"""Sentence deduplication of datatrove for packages/data/src/node/deduplication/sentences.test.ts.

    python -m venv venv && venv/bin/pip install 'datatrove==0.10.1' 'xxhash<4' numpy regex spacy
    venv/bin/python tooling/oracles/data/sentences.py > packages/data/src/node/deduplication/fixtures/sentences.json
    venv/bin/python tooling/oracles/data/sentences.py texts.jsonl > expected.json      # of texts of one's own
"""
import contextlib
import json
import random
import sys
import tempfile

from datatrove.data import Document
from datatrove.pipeline.dedup.sentence_dedup import (
    SentDedupConfig, SentenceDedupBuildIndex, SentenceDedupFilter, SentenceDedupSignature, SentenceFindDedups)

CONFIGS = [
    dict(),
    dict(n_sentences=1, min_doc_words=0, min_num_sentences=0),
    dict(n_sentences=2, min_doc_words=10, min_num_sentences=1),
    dict(n_sentences=2, split_sentences=False, min_doc_words=5, min_num_sentences=2),
]
# Against an index of the first EARLIER texts: the others, spans of the index alone or those of the others, too.
EARLIER = 18
EARLIER_CONFIGS = [
    dict(n_sentences=1, min_doc_words=0, min_num_sentences=0, only_dedup_in_index=False),
    dict(n_sentences=1, min_doc_words=0, min_num_sentences=0, only_dedup_in_index=True),
    dict(n_sentences=2, min_doc_words=10, min_num_sentences=1, only_dedup_in_index=False),
    dict(n_sentences=2, min_doc_words=10, min_num_sentences=1, only_dedup_in_index=True),
]
SENTENCES = [
    "The river rises in the hills above the town.", "In spring the water is high!", "Who paid the miller?",
    "Mr. Gray kept the key of the mill until 1987.", "It cost $3.50, or 12,000 in all…", "\"Never again,\" she said.",
    "The boats were left to rot on the bank;\nchildren still find nails.", "See e.g. the second map (on page 4).",
    "!!!", "Ein größeres Haus steht hinter dem Fluß.", "它很旧。没有人知道。", "A. B. Carter wrote twice — café, naïve.",
    "the river rises in the HILLS above the town", "Prices rose by 4.5% in 2001.", "Prices rose by 3.5% in 1987.",
    "A tenth of every sack stayed with the miller, who paid two men with it and the boy who held the lamp for them.",
    "When the railway came, the boats were sold one after the other to people who lived further down the river.",
    "No bell rings.", "e-mail: anna@example.org?", "Is it?!", "«Oui.» said no one.", "\u200bZero width.", "Tab\tand\u00a0blank.",
]


def texts():
    random.seed(4)
    rows = []
    for index in range(36):
        if rows and random.random() < 0.5:
            start = random.randrange(len(rows))
            copied = rows[start][: random.randint(3, 12)]
        else:
            copied = []
        own = []
        for _ in range(random.randint(0, 9)):
            own.append(random.choice(SENTENCES))
            own.append(random.choice([" ", " ", " ", "  ", "\n", "\n\n", ""]))
        rows.append(copied + own + ([f"Page {index} ends here, with a number of words of its own."] if random.random() < 0.6 else []))
    return ["".join(row) for row in rows if row] + ["One. Two. Three. Four. One. Two. Three. Four.\n"]


def run(rows, options, earlier=None):
    config = SentDedupConfig(**options)
    signatures, found, index = tempfile.mkdtemp(), tempfile.mkdtemp(), None
    documents = lambda rows=rows: (Document(text=text, id=str(index)) for index, text in enumerate(rows))
    if earlier:
        old, index = tempfile.mkdtemp(), tempfile.mkdtemp()
        SentenceDedupSignature(old, config=config).run(documents(earlier), 0, 1)
        SentenceDedupBuildIndex(old, index, "old", config=config).run(None, 0, 1)
    SentenceDedupSignature(signatures, config=config).run(documents(), 0, 1)
    SentenceFindDedups(signatures, found, index_folder=index, config=config).run(None, 0, 1)
    return {document.id: document.text for document in SentenceDedupFilter(found, config=config).run(documents(), 0, 1)}


own = sys.argv[1] if len(sys.argv) > 1 else None
rows = [json.loads(line)["text"] for line in open(own)] if own else texts()


def results(rows, configs, earlier=None):
    for options in configs:
        kept = run(rows, options, earlier)
        # Documents that are as they were by their number alone.
        changed = {id: text for id, text in kept.items() if text != rows[int(id)]}
        yield {"options": options, "kept": [int(id) for id in kept], "changed": changed}


with contextlib.redirect_stdout(sys.stderr):
    start = len(rows) // 2 if own else EARLIER
    written = {
        "results": list(results(rows, CONFIGS)),
        "earlier": start,
        "earlierResults": list(results(rows[start:], EARLIER_CONFIGS, rows[:start])),
    }
print(json.dumps({**({} if own else {"texts": rows}), **written}, ensure_ascii=False, separators=(",", ":")))
