"""Repeated substrings by google-research/deduplicate-text-datasets, the tool of Lee et al. 2021, for
packages/data/src/node/deduplication/substrings.test.ts.

    git clone https://github.com/google-research/deduplicate-text-datasets && cd deduplicate-text-datasets && cargo build --release
    python tooling/oracles/data/substrings.py target/release/dedup_dataset \\
        > packages/data/src/node/deduplication/fixtures/substrings.json
    python tooling/oracles/data/substrings.py target/release/dedup_dataset texts.jsonl > expected.json   # at most 13 texts
"""
import json
import os
import random
import subprocess
import sys
import tempfile

# No byte of these is one of UTF-8: each stands before one document, so that no stretch goes over its end.
SEPARATORS = [0xC0, 0xC1, *range(0xF5, 0x100)]
WORDS = "river hills town mill water boats market grain sack stone rail winter lamp bell ägypten café 水 木 😀 the of and a in".split()


def texts():
    random.seed(8)
    rows = []
    for _ in range(12):
        parts = []
        for _ in range(random.randint(1, 4)):
            if rows and random.random() < 0.5:
                source = random.choice(rows)
                start = random.randrange(len(source))
                parts.append(source[start : start + random.randint(20, 250)])
            else:
                parts.append(" ".join(random.choice(WORDS) for _ in range(random.randint(5, 40))))
        rows.append(" ".join(parts))
    return rows + ["=" * 260 + "ab" * 90]


def ranges(tool, rows, length):
    folder = tempfile.mkdtemp()
    data = os.path.join(folder, "data")
    starts, content = [], b""
    for separator, text in zip(SEPARATORS, rows):
        content += bytes([separator])
        starts.append(len(content))
        content += text.encode()
    open(data, "wb").write(content)
    cache = os.path.join(folder, "cache")
    os.mkdir(cache)
    call = lambda *words: subprocess.run([tool, *words], check=True, capture_output=True, text=True).stdout
    call("make", "--data-file", data)
    call("self-similar", "--data-file", data, "--length-threshold", str(length), "--cache-dir", cache, "--num-threads", "2")
    lines = call("collect", "--data-file", data, "--length-threshold", str(length), "--cache-dir", cache).split("\n")
    found = [[] for _ in rows]
    for line in lines[lines.index("out") + 1 :]:
        if line == "":
            continue
        start, end = map(int, line.split())
        document = max(index for index, first in enumerate(starts) if first <= start)
        found[document].append([start - starts[document], end - starts[document]])
    return found


rows = [json.loads(line)["text"] for line in open(sys.argv[2])] if len(sys.argv) > 2 else texts()
results = [{"length": length, "ranges": ranges(sys.argv[1], rows, length)} for length in (100, 50)]
print(json.dumps({**({} if len(sys.argv) > 2 else {"texts": rows}), "results": results}, ensure_ascii=False, separators=(",", ":")))
