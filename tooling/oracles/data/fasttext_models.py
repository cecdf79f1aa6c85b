"""
Trains supervised models with fastText itself in every loss, plain and quantized, and records its labels and
scores for lines, for packages/data/src/language/fasttext-losses.test.ts.

    pip install fasttext-wheel==0.9.2 numpy
    python fasttext_models.py DIRECTORY           # small models and cases.json, as the fixture holds them
    python fasttext_models.py DIRECTORY --large   # the same over UDHR texts: LINES is a file of "label text"

`compare-fasttext.ts DIRECTORY` compares.
"""
import base64, gzip, json, os, random, sys

import fasttext

WORDS = {
    "en": "the harbour old stone river boat town miller grain night water house morning".split(),
    "de": "der Hafen alte Stein Fluss Boot Stadt Müller Korn Nacht Wasser Haus Morgen".split(),
    "fr": "le port vieux pierre fleuve bateau ville meunier grain nuit eau maison matin".split(),
    "ru": "гавань старый камень река лодка город мельник зерно ночь вода дом утро".split(),
    "ja": "町 古い 港 石 川 船 水 家 朝 夜 米 粉".split(),
}
TESTS = [
    "the old harbour of the town", "der alte Hafen der Stadt", "le vieux port de la ville", "старая гавань города",
    "町 の 古い 港", "boat Boot bateau лодка 船", "unknown words here", "__label__de is no label here",
    "two  blanks\tand a tab", "x", "", "an </s> inside of it all", "😀 grain 😀😀",
]


def small_lines(generator):
    for label, words in WORDS.items():
        for _ in range(60):
            yield f"__label__{label} " + " ".join(generator.choice(words) for _ in range(generator.randint(3, 9)))


def variants(large):
    size = dict(dim=16, bucket=20000) if large else dict(dim=4, bucket=150)
    base = dict(size, epoch=3 if large else 20, lr=0.1, thread=1, verbose=0)
    yield "softmax", dict(base, loss="softmax", minn=2, maxn=4), None
    yield "hs", dict(base, loss="hs", minn=2, maxn=3), None
    yield "ns-bigrams", dict(base, loss="ns", wordNgrams=2), None
    yield "ova-trigrams", dict(base, loss="ova", wordNgrams=3, minn=1, maxn=2), None
    yield "words-only", dict(base, loss="softmax"), None
    wide = dict(base, bucket=max(size["bucket"], 300), dim=size["dim"] + 1)
    yield "softmax-quantized", dict(wide, loss="softmax", minn=2, maxn=4), dict(qnorm=False, qout=False, dsub=2)
    yield "hs-qnorm-cutoff", dict(wide, loss="hs", minn=2, maxn=4, wordNgrams=2), dict(
        qnorm=True, cutoff=5000 if large else 260, retrain=False, dsub=2)
    if large:
        # Output can be quantized where there are 256 labels or more.
        yield "softmax-qout", dict(wide, loss="softmax", minn=2, maxn=4), dict(qnorm=True, qout=True, dsub=4)
        yield "ova-qout", dict(wide, loss="ova", wordNgrams=2), dict(qnorm=False, qout=True, dsub=2)


def main():
    directory = sys.argv[1]
    large = "--large" in sys.argv
    os.makedirs(directory, exist_ok=True)
    generator = random.Random(5)
    path = os.path.join(directory, "lines.txt")
    tests = TESTS
    if not large:
        with open(path, "w") as file:
            file.write("\n".join(small_lines(generator)) + "\n")
    else:
        lines = open(sys.argv[3]).read().splitlines()
        generator.shuffle(lines)
        tests = TESTS + [line.split(" ", 1)[1] for line in lines[:3000]]
        with open(path, "w") as file:
            file.write("\n".join(lines[3000:]) + "\n")
    models = []
    for name, options, quantization in variants(large):
        model = fasttext.train_supervised(path, **options)
        if quantization is not None:
            if quantization.pop("retrain", False):
                quantization["input"] = path
            model.quantize(**quantization)
        file = os.path.join(directory, name + (".ftz" if quantization is not None else ".bin"))
        model.save_model(file)
        rows = []
        for line in tests:
            # The bindings of fastText, without its wrapper, which newer versions of numpy break.
            found = model.f.predict(line + "\n", -1 if not large else 5, 0.0, "strict")
            rows.append([[label.replace("__label__", ""), round(score, 7)] for score, label in found])
        models.append({"file": os.path.basename(file), "rows": rows})
        print(name, os.path.getsize(file), len(model.f.getLabels("strict")[0]))
        if not large:
            models[-1]["bytes"] = base64.b64encode(gzip.compress(open(file, "rb").read(), 9, mtime=0)).decode()
    with open(os.path.join(directory, "cases.json"), "w") as file:
        json.dump({"tests": tests, "models": models}, file, ensure_ascii=False, separators=(",", ":"))


main()
