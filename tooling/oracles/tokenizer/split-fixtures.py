"""Writes packages/tokenizer/src/fixtures/splits.json: how Hugging Face `tokenizers` (Rust, Oniguruma) cuts texts by the patterns of
published models. Run with the peers' Python (tokenizers 0.23.3): python tooling/oracles/tokenizer/split-fixtures.py"""
import json
import pathlib

from tokenizers import Regex, pre_tokenizers

WORD = r"[^\r\n\p{L}\p{N}]?\p{L}+"
CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CASED = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
patterns = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "gpt2 of tiktoken": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
    "cl100k, llama3": f"{CONTRACTION}|{WORD}|\\p{{N}}{{1,3}}|{REST}",
    "qwen": f"{CONTRACTION}|{WORD}|\\p{{N}}|{REST}",
    "qwen with marks": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "nanochat": f"{CONTRACTION}|{WORD}|\\p{{N}}{{1,2}}|{REST}",
    "o200k": "|".join(part + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?" for part in CASED.split("|")) + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "tekken": CASED + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "deepseek v3": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "deepseek numbers": r"\p{N}{1,3}",
    "deepseek han and kana": r"[一-龥぀-ゟ゠-ヿ]+",
    "falcon digits": r"[0-9][0-9][0-9]",
    "command-r": r"\p{N}| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "white space before words": r"\s?\S+",
    "han alone": r"\p{Han}|[^\p{Han}]+",
    "look-behind": r"(?<=\d)[a-z]+|[^\d\s]|\s+|\d",
}
texts = [
    "Hello, world! It's 12:30.",
    "don't DON'T we'LL they'Ve I'm 'sneak o'clock ''s '",
    "x=1234567890; y=3.14e-10 // ok\n\n\t\tif (a<b) {}\r\n\r\n",
    "   leading, trailing   ",
    " \n \n\n  a\t\tb \r\r\n c",
    "CamelCaseWords XMLHttpRequest iPhone McDonald ABCdefGHI",
    "naïve café e\u0301a\u0308 \u0301x ﬁ Å ǅungla ʰa ªº",
    "Привет, мир! Ёлка ЁЛКА",
    "你好，世界。学习中文 日本語とカタカナ ーｶﾅ",
    "हिन्दी में क्षत्रिय ๒๕๖๗ ไทย العربية ١٢٣",
    "👍🏽 👩‍👩‍👧 🇪🇺 a👍b 𝐀𝐛𝟏 𠀀",
    "Ⅷ ½ ² ㊀ 1Ⅷ2 a½b",
    "a\u0085b \u0085 \u0085\u0085 1\u0085",
    "\ufeffhi \ufeff x\ufeff",
    "a\u00a0b\u2003c\u3000d\u200be\u2028f\u2029g",
    "///path//to/file.txt\n/\n//\n",
    "!!! ... --- ‘’ “quoted” – — … «»\n!!!\n\n",
    "_snake_case_ __init__ $var @user #tag a&b <|endoftext|>",
    "ſ'ſ K'K 'K 'ſt",
    "\u0000\u0001 \u007f",
    "a'll'd've",
    "1a2b3c 12ab",
    "\n",
    " ",
    "",
]


def split(pattern, text):
    return [piece for piece, _ in pre_tokenizers.Split(Regex(pattern), "isolated").pre_tokenize_str(text)]


fixture = {
    "texts": texts,
    "patterns": [{"name": name, "source": source, "splits": [split(source, text) for text in texts]} for name, source in patterns.items()],
}
path = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/splits.json"
path.write_text(json.dumps(fixture, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")
print(path.stat().st_size, "bytes")
