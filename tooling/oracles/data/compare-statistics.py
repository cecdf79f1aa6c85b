"""
Figures of `llm data stats --output OURS` beside those of statistics.py DOCUMENTS THEIRS: largest relative difference of
totals, and keys that only one has.
"""
import glob, json, os, sys

ours, theirs = sys.argv[1:3]
worst, keys, files = [], 0, 0
for path in sorted(glob.glob(f"{theirs}/*/*/metric.json")):
    name = os.path.relpath(path, theirs)
    a, b = json.load(open(os.path.join(ours, name))), json.load(open(path))
    files += 1
    keys += len(set(a) ^ set(b))
    for key in set(a) & set(b):
        total = b[key]["total"] if isinstance(b[key], dict) else b[key]
        worst.append((abs(a[key]["total"] - total) / max(1, abs(total)), name, key))
print(files, "files,", len(worst), "keys,", keys, "of one side only; worst:", *sorted(worst)[-8:], sep="\n")
