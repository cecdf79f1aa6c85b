"""
Trains fastText's own supervised classifier on the lines that compare-quality-trainer.ts wrote, in one thread with
its defaults, and asks both models about the lines that were held out:

    pip install fasttext-numpy2==0.10.4 numpy
    python quality_trainer.py DIRECTORY

Prints the accuracy of three models of fastText, of ours read by fastText, and how many labels of ours the reader of
this repository said otherwise (ours.jsonl: label and score a line).
"""
import json, sys

import fasttext

directory = sys.argv[1]
shape = json.load(open(f"{directory}/shape.json"))
lines = [line.rstrip("\n").split(" ", 1) for line in open(f"{directory}/test.txt", newline="\n")]


def accuracy(model):
    labels, _ = model.predict([text for _, text in lines])
    return sum(own[0] == truth for own, (truth, _) in zip(labels, lines)) / len(lines)


for seed in (1, 2, 3):
    try:
        model = fasttext.train_supervised(f"{directory}/train-{seed}.txt", thread=1, verbose=0, seed=seed, **shape)
    except RuntimeError as error:  # now and then it finds a NaN in memory that it has not written
        print(f"fastText, order {seed}: {error}")
        continue
    print(f"fastText, order {seed}: {accuracy(model):.4f}")
ours = fasttext.load_model(f"{directory}/ours.bin")
print(f"ours, read by fastText: {accuracy(ours):.4f}")
said = [json.loads(line) for line in open(f"{directory}/ours.jsonl")]
labels, scores = ours.predict([text for _, text in lines])
other = sum(label[0] != own["label"] for label, own in zip(labels, said))
furthest = max(abs(score[0] - own["score"]) for score, own in zip(scores, said))
print(f"labels said otherwise by our reader: {other} of {len(lines)}, scores {furthest:.1e} apart at most")
