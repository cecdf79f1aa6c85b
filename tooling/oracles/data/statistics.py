"""
Writes packages/data/src/node/statistics/fixtures/datatrove-statistics.json: what datatrove's stats blocks measure of the
texts of datatrove-filters.json under made-up addresses, in two ranks and merged.

    pip install datatrove==0.10.1 spacy regex tldextract fasttext-numpy2
    python statistics.py                      # the fixture
    python statistics.py DOCUMENTS.jsonl DIR  # over rows of text and metadata.url, into DIR; compare-statistics.ts compares
"""
import json, os, shutil, sys, tempfile

from datatrove.data import Document
from datatrove.pipeline.stats import (
    DocStats, LineStats, ParagraphStats, SentenceStats, StatsMerger, WordsContaminationStats, WordStats,
)

here = os.path.dirname(os.path.abspath(__file__))
room = os.path.join(here, "../../../packages/data/src")
fixture = os.path.join(room, "node/statistics/fixtures/datatrove-statistics.json")
hosts = ["https://www.example.org/a", "http://blog.example.co.uk/b", "https://example.org/", "http://10.0.0.1/x", "https://käse.example.de/"]


def run(documents, folder, world):
    for rank in range(world):
        pipeline = [Document(text=text, id=str(at), metadata={"url": url}) for at, (text, url) in enumerate(documents[rank::world])]
        data = iter(pipeline)
        for block in (
            DocStats(folder), LineStats(folder), ParagraphStats(folder), WordStats(folder), SentenceStats(folder),
            WordsContaminationStats(folder, ["the", "and"]),
        ):
            data = block.run(data, rank=rank, world_size=world)
        for _ in data:
            pass
    list(StatsMerger(folder, folder).run(iter([]), 0, 1) or [])


def merged(folder):
    found = {}
    for group in sorted(os.listdir(folder)):
        for name in sorted(os.listdir(os.path.join(folder, group))):
            found[f"{group}/{name}"] = json.load(open(os.path.join(folder, group, name, "metric.json")))
    return found


if len(sys.argv) > 1:
    rows = [json.loads(line) for line in open(sys.argv[1])]
    run([(row["text"], row["metadata"]["url"]) for row in rows], sys.argv[2], 2)
else:
    recorded = json.load(open(os.path.join(room, "filters/fixtures/datatrove-filters.json")))
    texts = ["".join(text * times for text, times in case["parts"]) for case in recorded["texts"]]
    with tempfile.TemporaryDirectory() as folder:
        run([(text, hosts[at % len(hosts)]) for at, text in enumerate(texts)], folder, 2)
        os.makedirs(os.path.dirname(fixture), exist_ok=True)
        found = merged(folder)
        # Histograms of all measures would be most of the file.
        few = ("fqdn/length", "suffix/n_words", "histogram/n_lines", "histogram/digit_ratio")
        kept = {k: v for k, v in found.items() if k.startswith(("summary",) + few)}
        json.dump({"hosts": hosts, "metrics": kept}, open(fixture, "w"), ensure_ascii=False, separators=(",", ":"))
