"""N-gram decontamination of datatrove for packages/data/src/decontamination/ngram-index.test.ts.

    python -m venv venv && venv/bin/pip install 'datatrove==0.10.1' 'xxhash<4' numpy regex spacy
    venv/bin/python tooling/oracles/data/decontamination.py > packages/data/src/decontamination/fixtures/decontamination.json
    venv/bin/python tooling/oracles/data/decontamination.py rows.jsonl texts.jsonl > expected.json    # of one's own
"""
import contextlib
import json
import os
import random
import sys
import tempfile

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer

# Tasks of lighteval are not used.
NGramsDecontIndexer._requires_dependencies = []
CONFIGS = [dict(), dict(find_query_ngrams=True), dict(n_grams=5, find_overlap_ngrams=False), dict(n_grams=3)]
WORDS = "the river rises in hills above town, and spring water is high enough to carry flat boats; Who paid miller? it's $3.50 café 1987 don't U.S. 12,000".split()


def own():
    random.seed(2)
    words = lambda count: " ".join(random.choice(WORDS) for _ in range(count))
    rows = [{"task": f"task{index % 3}", "query": words(random.randint(1, 25)), "text": words(random.randint(1, 20))} for index in range(12)]
    texts = []
    for _ in range(60):
        row = random.choice(rows)
        whole = (row["query"] + " " + row["text"]).split()
        start = random.randrange(len(whole))
        part = whole[start : start + random.randint(2, 16)]
        shown = random.choice([" ".join, "\n".join, lambda list: " ".join(list).upper()])(part)
        texts.append(f"{words(random.randint(0, 9))} {shown} {words(random.randint(0, 9))}".strip() or "a")
    return rows, texts + ["", "Short."]


def run(rows, texts, options):
    config = NGramsDecontConfig(**options)
    folder = tempfile.mkdtemp()
    indexer = NGramsDecontIndexer(folder, config=config)
    hashes = {}
    for row in rows:
        hashes.setdefault(row["task"], set()).update(indexer.compute_hashes(row["text"], row.get("query")))
    for task, found in hashes.items():
        np.array(sorted(found), dtype=config.hash_config.np_descr).tofile(os.path.join(folder, f"{task}.index.hashes"))
    step = NGramsDecontFilter(folder, config=config)
    found = {}
    for index, text in enumerate(texts):
        document = Document(text=text, id=str(index))
        if step.filter(document) is not True:
            found[index] = document.metadata["contaminated_ngram"]
    return {"ngrams": len(set().union(*hashes.values())), "found": found}


if len(sys.argv) > 1:
    rows, texts = ([json.loads(line) for line in open(path)] for path in sys.argv[1:3])
    texts = [row["text"] for row in texts]
else:
    rows, texts = own()
with contextlib.redirect_stdout(sys.stderr):
    results = [{"options": options, **run(rows, texts, options)} for options in CONFIGS]
print(json.dumps({**({} if len(sys.argv) > 1 else {"rows": rows, "texts": texts}), "results": results}, ensure_ascii=False, separators=(",", ":")))
