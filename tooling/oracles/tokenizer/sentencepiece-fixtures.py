"""Writes packages/tokenizer/src/fixtures/sentencepiece.json: ids, offsets and text that Hugging Face `tokenizers` gives for small BPE tokenizers
of characters, with and without byte tokens, in every mixture of Prepend, Replace, Strip, Metaspace, decoders and added tokens. Run with the
peers' Python (tokenizers 0.23.3, sentencepiece 0.2.3), with a model that sentencepiece trained and the ids it gives: python tooling/oracles/tokenizer/sentencepiece-fixtures.py [SEED TOKENIZERS TEXTS FILE]"""
import io
import json
import pathlib
import random
import sys

import sentencepiece
from tokenizers import Tokenizer

seed, count, texts_each = (int(value) for value in sys.argv[1:4]) if len(sys.argv) > 3 else (11, 44, 6)
random.seed(seed)
MARK = "\u2581"
CHARACTERS = [MARK, "a", "b", "c", "1", ".", "\n", "é", "中", "😀", "<", ">", "S", "\u200d", "-"]
replace = {"type": "Replace", "pattern": {"String": " "}, "content": MARK}
prepend = {"type": "Prepend", "prepend": MARK}
sequence = lambda *steps: {"type": "Sequence", "normalizers": list(steps)}
metaspace = lambda scheme, split: {"type": "Metaspace", "replacement": MARK, "prepend_scheme": scheme, "split": split}
split = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
decoders = lambda *steps: {"type": "Sequence", "decoders": list(steps)}
unreplace = {"type": "Replace", "pattern": {"String": MARK}, "content": " "}
strip = lambda start: {"type": "Strip", "content": " ", "start": start, "stop": 0}
nfkc = {"type": "NFKC"}
trim = {"type": "Strip", "strip_left": True, "strip_right": True}
SPACES = [
    (sequence(prepend, replace), None),
    (sequence(prepend, replace), None),
    (sequence(replace, prepend), None),
    (replace, split),
    (replace, split),
    (replace, None),
    (sequence(nfkc, prepend, replace), None),
    (sequence(trim, sequence(prepend, replace)), None),
    (None, metaspace("always", True)),
    (None, metaspace("always", False)),
    (None, metaspace("first", False)),
    (None, metaspace("first", False)),
    (None, metaspace("first", True)),
    (None, metaspace("never", True)),
    (nfkc, metaspace("never", False)),
    (trim, metaspace("always", False)),
    (replace, metaspace("always", False)),
    (None, None),
]
CONTENTS = ["<S>", "</S>", "ab", "a", MARK + MARK, "\n\n", " b", "é", "<1>", "c" + MARK, "-", "aa", "<"]
TEXTS = ["a", "b", "c", "ab", "aab", "abc", " ", "  ", "    ", MARK, "1", "11", ".", "...", "\n", "\n\n", "\t", "é", "e\u0301", "中", "中中", "ü", "ñandú"]
TEXTS += ["😀", "👩\u200d👩\u200d👧", "\u200d", "\x00", "\x1b", "\u0085", "\ufeff", "<S>", "</S>", "<", ">", "S", "<0x0A>", "<1>", "-", "--", " a", " ab", "a ", "ﬀ", "Ａ", "\u3000", "\u00a0", "𝒳", "กา"]
flag = lambda probability: random.random() < probability


def vocabulary(marks):
    words = ["<unk>"]
    has_bytes = flag(0.7)
    byte_start = len(words) if has_bytes else None
    if has_bytes:
        words += [f"<0x{byte:02X}>" for byte in range(256)]
    known = [character for character in CHARACTERS if flag(0.85) or (character == MARK and marks)]
    words += known
    parts, merges = list(known), []
    for _ in range(random.randint(0, 40)):
        left, right = random.choice(parts), random.choice(parts)
        if len(left + right) > 7 or (flag(0.6) and MARK in right and right[0] == MARK and left != MARK):
            continue
        merges.append([left, right])
        if left + right not in words:
            words.append(left + right)
            parts.append(left + right)
    unique = [list(pair) for pair in dict.fromkeys(map(tuple, merges))]
    return words, unique if flag(0.8) else merges, byte_start


def tokenizer_file():
    normalizer, pre_tokenizer = random.choice(SPACES)
    marks = replace in (normalizer or {}).get("normalizers", [normalizer]) or "prepend" in json.dumps(normalizer) or bool(pre_tokenizer)
    words, merges, byte_start = vocabulary(marks)
    strips = [strip(random.choice([0, 1, 1, 1, 2]))] if flag(0.6) else []
    fallback = [{"type": "ByteFallback"}] if flag(0.85) else []
    if not marks:
        decoder = decoders(*fallback, {"type": "Fuse"}, *strips)
    elif pre_tokenizer is not None and pre_tokenizer["type"] == "Metaspace" and flag(0.5):
        decoder = pre_tokenizer
    else:
        decoder = decoders(unreplace, *fallback, {"type": "Fuse"}, *strips)
    ids = {word: index for index, word in enumerate(words)}
    added, next_id = [{"id": 0, "content": "<unk>", "special": True}], len(words)
    for content in random.sample(CONTENTS, random.choice([0, 1, 2, 2, 3])):
        added.append({"id": ids.get(content, next_id), "content": content, "special": flag(0.4)})
        next_id += content not in ids
    for token in added:
        in_words = token["content"] in ids and token["id"] > 0
        for name, probability in [("single_word", 0.1), ("lstrip", 0.15), ("rstrip", 0.15), ("normalized", 0 if in_words else 0.3)]:
            is_odd = token["content"] == "\n\n" or (name == "single_word" and token["special"] and in_words)
            token[name] = flag(probability) and not is_odd
    options = {"unk_token": "<unk>" if flag(0.85) else None, "fuse_unk": flag(0.6), "ignore_merges": flag(0.15), "byte_fallback": flag(0.9)}
    model = {"type": "BPE", "dropout": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, **options, "vocab": ids, "merges": merges}
    head = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer}
    return {**head, "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": decoder, "model": model}, words, byte_start


def units_of(text):
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    return units


cases = []
while len(cases) < count:
    file, words, byte_start = tokenizer_file()
    tokenizer = Tokenizer.from_str(json.dumps(file))
    texts = []
    for _ in range(texts_each):
        text = "".join(random.choice(TEXTS) for _ in range(random.randint(0, 9)))
        try:
            encoding = tokenizer.encode(text, add_special_tokens=False)
        except BaseException as error:
            # It panics at some mixtures of normalized tokens, and where lstrip takes what another token was.
            assert type(error).__name__ == "PanicException", error
            continue
        units = units_of(text)
        offsets = [[units[start], units[end]] for start, end in encoding.offsets]
        mixed = [random.choice(list(range(len(words))) + list(range(1, 257)) * 2) % len(words) for _ in range(random.randint(0, 6))]
        decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=False)
        texts.append([text, encoding.ids, offsets, decode(encoding.ids), mixed, decode(mixed)])
    # Byte tokens are left out of the recorded vocabulary.
    file["model"]["vocab"] = [word for word in words if not word.startswith("<0x")]
    cases.append({"file": file, "bytes": byte_start, "texts": texts})
SENTENCES = [
    "The cat sat on the mat, and the dog sat on the log.",
    "She sells sea shells by the sea shore; the shells she sells are sea shells, for sure.",
    "Zażółć gęślą jaźń. Ünïcödé naïve café — “quoted” … «guillemets»",
    "Привет, как дела? Как дела у тебя? Дела идут хорошо, привет!",
    "    if (x) {\n        return a[i] + 12345;\n    }    ",
    "aaaa aaa aa a ==== ---- ........ 1000000 2024",
]


def scored():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3), model_writer=model, model_type="bpe", vocab_size=480, byte_fallback=True, minloglevel=2,
        normalization_rule_name="identity", remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, split_digits=True, num_threads=1,
    )  # fmt: skip
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    ids = range(processor.get_piece_size())
    kind = lambda id: 2 if processor.is_unknown(id) else 3 if processor.is_control(id) else 6 if processor.is_byte(id) else 1
    parts = [sentence[start : start + random.randint(1, 9)] for sentence in SENTENCES for start in range(0, len(sentence), 5)]
    texts = SENTENCES + ["".join(random.choice(parts + TEXTS) for _ in range(random.randint(0, 7))) for _ in range(120)]
    # Byte tokens are left out of the pieces.
    return {
        "pieces": [processor.id_to_piece(id) for id in ids if kind(id) != 6],
        "types": [kind(id) for id in ids],
        "scores": [processor.get_score(id) for id in ids],
        "texts": [[text, processor.encode(text), processor.decode(processor.encode(text))] for text in texts],
    }


path = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/sentencepiece.json"
if len(sys.argv) > 4:
    path = pathlib.Path(sys.argv[4])
path.write_text(json.dumps({"cases": cases, "scored": scored()}, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")
print(path.stat().st_size, "bytes,", len(cases), "tokenizers")
