"""warcio and FastWARC on the files of the suite `archives`: prints records per processor second as JSON."""

import json
import sys
import time
from importlib.metadata import version

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

options = json.loads(sys.argv[1])


def by_fastwarc(path, bodies):
    records = 0
    with open(path, "rb") as file:
        for record in FastIterator(file, parse_http=bodies):
            records += 1
            if bodies:
                record.reader.read()
    return records


def by_warcio(path, bodies):
    records = 0
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, no_record_parse=not bodies):
            records += 1
            if bodies:
                record.content_stream().read()
    return records


rates = {}
for peer, read in (("warcio", by_warcio), ("fastwarc", by_fastwarc)):
    rates[peer] = {}
    for name in ("plain", "gzip"):
        for what in ("records", "bodies"):
            runs = []
            for _ in range(5):
                start = time.process_time()
                records = read(options[name], what == "bodies")
                runs.append(records / (time.process_time() - start))
            rates[peer][f"{name} {what}"] = sorted(runs)[2]
print(json.dumps({"versions": {"warcio": version("warcio"), "fastwarc": version("fastwarc")}, "rates": rates}))
