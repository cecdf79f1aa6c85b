"""Writes packages/data/src/node/archive/fixtures/real-archives.json: for every WARC file of the real archives
(shared data `warc-real`) that warcio reads without a complaint, how many records it finds and a digest of
offset, type, length and content of each; and whether FastWARC finds the same.

    pip install warcio==1.8.1 fastwarc==2.0.1; python archive_records.py DATA OUT
"""

import glob
import hashlib
import json
import sys

import fastwarc.warc
from warcio.archiveiterator import ArchiveIterator

root, out = sys.argv[1:]


def digest(rows):
    lines = "".join(f"{offset} {kind} {len(block)} {hashlib.sha1(block).hexdigest()}\n" for offset, kind, block in rows)
    return hashlib.sha1(lines.encode()).hexdigest()[:12]


def by_warcio(path):
    with open(path, "rb") as file:
        records = ArchiveIterator(file, no_record_parse=True)
        for record in records:
            block = record.raw_stream.read()
            yield records.get_record_offset(), record.rec_type, block


def by_fastwarc(path):
    with open(path, "rb") as file:
        for record in fastwarc.warc.ArchiveIterator(file, parse_http=False):
            block = record.reader.read()
            yield record.stream_pos, str(record.record_type), block


found = {}
for path in sorted(glob.glob(f"{root}/*/*")):
    name = path[len(root) + 1 :]
    if not any(part in name for part in (".warc", ".wet", ".wat")):
        continue
    peers = {}
    for peer, read in (("warcio", by_warcio), ("fastwarc", by_fastwarc)):
        try:
            rows = list(read(path))
            peers[peer] = (len(rows), digest(rows))
        except Exception as error:
            print(name, peer, type(error).__name__, str(error)[:80], file=sys.stderr)
    warcio, fast = peers.get("warcio"), peers.get("fastwarc")
    if warcio and warcio[0] > 0:
        found[name] = [*warcio, "same" if fast == warcio else "other" if fast else "none"]
with open(out, "w") as file:
    file.write("{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items()) + "\n}\n")
same = sum(row[2] == "same" for row in found.values())
print(f"{len(found)} files, {sum(row[0] for row in found.values())} records; FastWARC finds the same in {same}")
