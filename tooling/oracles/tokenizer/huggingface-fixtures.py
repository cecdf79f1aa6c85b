"""Writes packages/tokenizer/src/fixtures/huggingface.json: what Hugging Face `tokenizers` and rustbpe learn and encode.
Run with the peers' Python (tokenizers 0.23.3, rustbpe 0.1.0): python tooling/oracles/tokenizer/huggingface-fixtures.py"""
import json
import pathlib
import random

import rustbpe
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = CL100K.replace(r"\p{N}{1,3}", r"\p{N}")

random.seed(3)
syllables = ["ka", "lo", "mi", "ren", "the", "an", "s", "ing", "ed", "дом", "при", "语", "学", "é", "na", "ti", "on"]
words = ["".join(random.choices(syllables, k=random.randint(1, 4))) for _ in range(60)]
corpus = [
    " ".join(random.choice(words) for _ in range(25)) + random.choice([".", "!\n", "?\r\n", " 12 345", ", it's", "\n\n  "])
    for _ in range(40)
]
texts = [
    corpus[0],
    "kalo  miren 2024, 3.14 and 1234567  89",
    "don't DON'T we'll\n\n\tfoo(bar) { return 1; }   ",
    "дом语学 приветé e\u0301 ﬁ Å",
    "a <tool> b<tool>c <|end|> d  <|end|>\n",
    "x  <pad>  y wordy word word. <pad>",
    "   ",
    "thethethethethethething",
]

byte_level = lambda **options: pre_tokenizers.ByteLevel(add_prefix_space=options.get("prefix", False), use_regex=options.get("regex", True))
split = lambda pattern, behavior="isolated", invert=False: pre_tokenizers.Split(Regex(pattern), behavior, invert)
variants = {
    "gpt2": (byte_level(), None),
    "gpt2 with a prefix space": (byte_level(prefix=True), None),
    "llama3": (pre_tokenizers.Sequence([split(CL100K), byte_level(regex=False)]), None),
    "llama3, matches kept by removing the rest": (pre_tokenizers.Sequence([split(CL100K, "removed", True), byte_level(regex=False)]), None),
    "qwen": (pre_tokenizers.Sequence([split(QWEN), byte_level(regex=False)]), normalizers.NFC()),
    "smollm": (pre_tokenizers.Sequence([pre_tokenizers.Digits(True), byte_level()]), None),
    "deepseek": (
        pre_tokenizers.Sequence(
            [split(r"\p{N}{1,3}"), split(r"[一-龥]+"), split(r"[!-~]?[A-Za-z]+|\s+(?!\S)|\s+"), byte_level(regex=False)]
        ),
        None,
    ),
    "merged with previous": (pre_tokenizers.Sequence([split(r"[ ,.]", "merged_with_previous"), byte_level(regex=False)]), None),
    "merged with next": (pre_tokenizers.Sequence([split(r" ", "merged_with_next"), byte_level(regex=False)]), None),
    "contiguous punctuation, lower case": (
        pre_tokenizers.Sequence([pre_tokenizers.Punctuation("contiguous"), byte_level()]),
        normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]),
    ),
}

cases = []
for name, (pre_tokenizer, normalizer) in variants.items():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=330, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=[]
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens([AddedToken("<|end|>", normalized=False), AddedToken("<pad>", lstrip=True, rstrip=True, normalized=False)])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=True), AddedToken("word", single_word=True, normalized=True)])
    file = json.loads(tokenizer.to_str())
    if name == "llama3":
        file["model"]["ignore_merges"] = True
        # A token that no merges make: reached only because a whole piece may be a token.
        file["model"]["vocab"]["Ġwordy"] = 330
        for token in file["added_tokens"]:
            token["id"] += 1
        tokenizer = Tokenizer.from_str(json.dumps(file))
    encoded = []
    for text in texts:
        result = tokenizer.encode(text, add_special_tokens=False)
        encoded.append(result.ids)
    cases.append({"name": name, "file": file, "ids": encoded})

def hugging_face_merges(pattern, vocabulary, limit=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split(pattern), byte_level(regex=False)])
    options = {} if limit is None else {"max_token_length": limit}
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **options
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return json.loads(tokenizer.to_str())["model"]["merges"]

rust = rustbpe.Tokenizer()
rust.train_from_iterator(iter(corpus), 500, pattern=CL100K)
ranks = sorted((rank, bytes(token).hex()) for token, rank in rust.get_mergeable_ranks())

fixture = {
    "versions": {"tokenizers": tokenizers.__version__, "rustbpe": "0.1.0"},
    "corpus": corpus,
    "texts": texts,
    "variants": cases,
    "merges": [{"pattern": CL100K, "vocabularySize": 700, "merges": hugging_face_merges(CL100K, 700)}],
    "rustbpe": {"pattern": CL100K, "vocabularySize": 500, "tokens": [token for rank, token in ranks if rank >= 256]},
}
target = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/huggingface.json"
target.write_text(json.dumps(fixture, ensure_ascii=False) + "\n")
print(target, target.stat().st_size)
