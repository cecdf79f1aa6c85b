"""Writes packages/tokenizer/src/fixtures/tokenizers.json: ids, offsets and text that Hugging Face `tokenizers` gives for small tokenizers with
every mixture of normalizers, added tokens with their flags, pre-tokenizers, missing bytes and unknown tokens. Run with the peers' Python
(tokenizers 0.23.3): python tooling/oracles/tokenizer/tokenizer-fixtures.py [SEED TOKENIZERS FILE]"""
import json
import pathlib
import random
import sys

from tokenizers import Tokenizer, pre_tokenizers

seed, count = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (7, 120)
random.seed(seed)
letters = sorted(pre_tokenizers.ByteLevel.alphabet())
space = "\u0120"
vocabulary = {character: index for index, character in enumerate(letters)}
merges = [["t", "h"], ["th", "e"], ["a", "t"], [space, "the"], [space, "a"], ["1", "2"], ["a", "s"], ["as", "k"], ["k", "."]]
for left, right in merges:
    vocabulary[left + right] = len(vocabulary)

byte_level = lambda prefix=False, regex=True: {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}
split = lambda pattern, behavior, invert=False: {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}
sequence = lambda *steps: {"type": "Sequence", "pretokenizers": list(steps)}
PRE_TOKENIZERS = [
    byte_level(),
    byte_level(),
    byte_level(prefix=True),
    byte_level(regex=False),
    sequence(split("a.", "Removed"), byte_level(regex=False)),
    sequence(split(" ", "MergedWithNext"), byte_level()),
    sequence(split("\\b", "Isolated"), byte_level(regex=False)),
    sequence({"type": "Digits", "individual_digits": False}, byte_level()),
    sequence({"type": "Digits", "individual_digits": True}, byte_level()),
    sequence({"type": "Punctuation", "behavior": "Contiguous"}, byte_level(regex=False)),
    sequence(sequence(split("t", "MergedWithPrevious", True)), byte_level(regex=False)),
    sequence({"type": "Split", "pattern": {"String": "a"}, "behavior": "Isolated", "invert": False}, byte_level()),
]
NORMALIZERS = [
    None,
    None,
    {"type": "Lowercase"},
    {"type": "NFC"},
    {"type": "NFKC"},
    {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]},
    {"type": "Replace", "pattern": {"String": "-"}, "content": "_"},
    {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "},
    {"type": "Prepend", "prepend": "_"},
    {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Sequence", "normalizers": [{"type": "NFKC"}]}]},
]
CONTENTS = ["<TOOL>", "<tool>", "ask", "the", "at", "x-y", "①!", "Σ", "<|end|>", "é", "e\u0301", "a b", "th", "<", "中", "ß"]
TEXTS = ["the", " the", "at", "ask", "<TOOL>", "<tool>", "x-y", "x_y", "①!", "1!", "ΣΑΣ", "<|end|>", "é", "e\u0301", "a b", " ", "  ", "\n"]
TEXTS += ["\r\n", "~", "~~", "\u200d", "\u200c", "²", "12", "123", "٣", "!", "?!", "«", "中", "ß", "İ", "a", "k.", "-", "\u0903", "😀", "\u00a0", "t"]
flag = lambda probability: random.random() < probability


def tokenizer_file():
    words = dict(vocabulary)
    missing = random.sample(["~", "č", "k", "Ċ", "Ģ"], random.randint(1, 3)) if flag(0.35) else []
    kept = [merge for merge in merges if not any(byte in "".join(merge) for byte in missing)]
    for word in list(words):
        if any(byte in word for byte in missing):
            del words[word]
    options = {"unk_token": None, "fuse_unk": flag(0.5), "ignore_merges": flag(0.3)}
    if missing and flag(0.6):
        options["unk_token"] = "<unk>"
        words["<unk>"] = 300
    if flag(0.2):
        words["中"] = 301
    next_id = max(words.values()) + 1
    # Ids as the library itself would give them.
    for index, word in enumerate(sorted(words, key=words.get)):
        words[word] = index
    added = []
    next_id = len(words)
    for content in random.sample(CONTENTS, random.choice([0, 1, 1, 2, 3])):
        token = {"id": words.get(content, next_id), "content": content}
        next_id += content not in words
        for name, probability in [("single_word", 0.2), ("lstrip", 0.2), ("rstrip", 0.2), ("normalized", 0.5), ("special", 0.3)]:
            token[name] = flag(probability)
        added.append(token)
    model = {"type": "BPE", "dropout": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "byte_fallback": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": random.choice(NORMALIZERS),
        "pre_tokenizer": random.choice(PRE_TOKENIZERS),
        "post_processor": None,
        "decoder": byte_level(),
        "model": {**model, **options, "vocab": words, "merges": kept},
    }


cases = []
while len(cases) < count:
    file = tokenizer_file()
    tokenizer = Tokenizer.from_str(json.dumps(file))
    texts = []
    for _ in range(5):
        text = "".join(random.choice(TEXTS) for _ in range(random.randint(1, 7)))
        encoding = tokenizer.encode(text, add_special_tokens=False)
        units = [0]
        for character in text:
            units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
        offsets = [[units[start], units[end]] for start, end in encoding.offsets]
        texts.append([text, encoding.ids, offsets])
    # The vocabulary as what differs from that of all.
    words = file["model"].pop("vocab")
    file["model"]["words"] = [words.get(text) for text in vocabulary]
    file["model"]["more"] = {text: index for text, index in words.items() if text not in vocabulary}
    cases.append({"file": file, "texts": texts})
path = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/tokenizers.json"
if len(sys.argv) > 3:
    path = pathlib.Path(sys.argv[3])
text = json.dumps({"vocabulary": list(vocabulary), "cases": cases}, ensure_ascii=True, separators=(",", ":"))
path.write_text(text + "\n", encoding="utf-8")
print(path.stat().st_size, "bytes,", len(cases), "tokenizers")
