"""Signatures of datatrove for packages/data/src/deduplication/datatrove-minhash.test.ts.

    python -m venv venv && venv/bin/pip install 'datatrove==0.10.1' 'xxhash<4' numpy regex spacy tokenizers
    venv/bin/python tooling/oracles/data/minhash.py > packages/data/src/deduplication/fixtures/datatrove-minhash.json
"""
import json
import hashlib
import tempfile

import numpy as np
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.utils.hashing import HashConfig, create_hash_func

TEXTS = [
    "one two three four five",
    "one two three four",
    "",
    "The old harbour of the town was built with stones that were carried down the river by boat, and many of "
    "them have names of the builders on their lower side.",
    "Prices rose by 3.5% in 1987; 12,000 people (or more) wrote to café@example.org — twice!\nNext line. " * 3,
    "Ein größeres Haus steht hinter dem Fluß, und niemand weiß, wem es gehört oder wann es gebaut wurde.",
    "日本語の文章 は 単語 の 間 に 空白 が ありません 、 しかし これは あります 。 emoji 😀 too",
    "word " * 400,
    " ".join(f"token{i}x" for i in range(700)),
]
CONFIGS = [
    dict(),
    dict(n_grams=3, num_buckets=2, hashes_per_bucket=3, seed=42),
    dict(n_grams=1, num_buckets=450, hashes_per_bucket=1, seed=4294967295),
]

rows = []
for options in CONFIGS:
    for hash_fc in ("sha1", "xxhash"):
        config = MinhashConfig(hash_config=HashConfig(precision=64, hash_fc=hash_fc), **options)
        step = MinhashDedupSignature(tempfile.mkdtemp(), config)
        signatures = []
        for text in TEXTS:
            shingles = step.get_shingles(text)
            if shingles.size == 0:
                signatures.append(None)
                continue
            values = np.array(step.get_signature(shingles), dtype="<u8").reshape(-1)
            # The first values in full, all of them as the digest of their bytes.
            signatures.append({"first": [str(v) for v in values[:2]],
                               "sha256": hashlib.sha256(values.tobytes()).hexdigest()})
        rows.append({"hash": hash_fc, "options": options, "signatures": signatures})

hashes = [
    {"length": length, **{fc: str(create_hash_func(HashConfig(precision=64, hash_fc=fc))("abcdefghij"[: length % 11] * (length // 11 + 1)))
     for fc in ("sha1", "xxhash")}}
    for length in [0, 1, 3, 4, 5, 7, 8, 9, 10, 32, 53, 60, 64, 120, 1000]
]
print(json.dumps({"texts": TEXTS, "hashes": hashes, "rows": rows}, ensure_ascii=False, indent=1))
