"""Fixture of torchrun-feed.test.ts: what packages/model/assets/torchrun/feed.py gives, as digests of whole batches.

    .peers/bin/python tooling/oracles/model/torchrun_feed.py

Documents are made here and there by the same rule; the position is the one a feed of ours has at its beginning.
"""
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from tiny_models import OUT

sys.path.insert(0, str(Path(__file__).parents[3] / "packages/model/assets/torchrun"))
from feed import Feed, TokenShards  # noqa: E402

LENGTHS = [(37 * i * i + 11 * i) % 97 + 1 for i in range(80)] + [900, 2500]
BASE = {"rows": 4, "columns": 16, "seed": 7, "bosToken": 256, "lookahead": 20, "remainder": "continue"}
CASES = [
    BASE,
    {**BASE, "remainder": "discard"},
    {**BASE, "bosToken": None, "seed": "Saat α 😀"},
    {**BASE, "bosToken": None, "remainder": "discard", "columns": 40},
    {**BASE, "lookahead": 1000, "columns": 64, "rows": 2},
]
BATCHES = 120


def write_shards(directory):
    shards = []
    for name, numbers in (("00000", range(50)), ("00001", range(50, len(LENGTHS)))):
        ids = [np.array([(document * 31 + at * 7) % 256 for at in range(LENGTHS[document])]) for document in numbers]
        np.concatenate(ids).astype("<u2").tofile(directory / f"{name}.ids")
        np.cumsum([len(it) for it in ids]).astype("<u4").tofile(directory / f"{name}.ends")
        shards.append({"name": name})
    (directory / "tokens.json").write_text(json.dumps({"idBytes": 2, "shards": shards}))


results = []
with tempfile.TemporaryDirectory() as directory:
    write_shards(Path(directory))
    shards = TokenShards(directory)
    for case in CASES:
        start = {"feed": "", "batches": 0, "epoch": 0, "next": 0, "waiting": [], "discardedTokens": 0}
        options = {**case, "seedText": str(case["seed"])}
        feed = Feed(shards, options, start)
        digest = hashlib.sha256()
        for batch in range(BATCHES):
            if batch == 50:
                feed = Feed(shards, options, json.loads(json.dumps(feed.position)))
            # Two processes, each with its half of the rows.
            half = case["rows"] // 2
            before = feed.position
            parts = [feed.next(range(half)), Feed(shards, options, before).next(range(half, case["rows"]))]
            for name, dtype in zip(range(4), ("<i4", "<i4", "<f4", "<i4")):
                digest.update(np.concatenate([part[name] for part in parts]).astype(dtype).tobytes())
            digest.update(np.array([parts[0][4], parts[1][4]], "<i4").tobytes())
        results.append({"options": case, "digest": digest.hexdigest(), "position": feed.position})
fixture = {"lengths": LENGTHS, "batches": BATCHES, "cases": results}
(OUT / "torchrun-feed.json").write_text(json.dumps(fixture) + "\n")
