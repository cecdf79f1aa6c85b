"""Writes packages/tokenizer/src/fixtures/patterns.json: how Hugging Face `tokenizers` (Rust, Oniguruma) cuts random texts by random patterns,
and what becomes of matches under each behavior of Split. Run with the peers' Python (tokenizers 0.23.3):
python tooling/oracles/tokenizer/pattern-fixtures.py [SEED PATTERNS FILE], the arguments for a longer comparison elsewhere."""
import json
import pathlib
import random
import sys

from tokenizers import Regex, normalizers, pre_tokenizers

seed, count = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (16, 700)
random.seed(seed)
# fmt: off
ATOMS = ['a','b','c','ab','ba','.','\\w','\\d','\\s','\\p{L}','\\p{N}','[ab]','[^a]','[a-c]','[^\\s\\d]','é','(?i:é)','(?i:ss)','(?i:k)','(?i:[ks])','1','\\n','[\\r\\n]','\\p{Lu}','\\p{M}','\\p{Han}','\\S','\\W','\\b','^','$','\\A','\\z','\\Z','\\B','[[:alpha:]]','[\\w&&[^a]]','(?i:ab)','(?i:[a-c])','[^\\n]','\\h','\\R','\\N','(?m:.)','x','(?i:σ)','[\\p{L}\\p{M}]','\\p{P}','\\p{^L}','(?i:\\p{Lu})','[[:punct:]]','[[:upper:]]','[[:space:]]','[[:word:]]','[[:alnum:]]','(?x: a b )','(?i:straße)','😀','[😀é]','[\\x{1F600}-\\x{1F64F}]','\\p{S}','\\p{Alphabetic}','\\p{Greek}','\\p{Latin}','']
QUANTIFIERS = ['*','+','?','*?','+?','??','*+','++','?+','{2}','{1,2}','{,2}','{1,}','{2,3}?','{0,1}','{3,1}','{2}?','{2}+','{1,2}+','{,2}?']
CHARACTERS = ['a','b','c','A','B','é','É','s','S','ß','ẞ','ſ','k','K','1','2','١',' ','\n','\r','\r\n','\t','x','!','.','_','中','\u0301','e\u0301','😀','ʰ','σ','ς','Σ','\u200d','\u0085','\u00a0','\u2028','ab','aa','ss','ﬀ','½','²']
CLASS_PARTS = ['a','b','c','-','-','^',']','[','&&','&','\\d','\\w','\\s','\\]','\\[','\\-','\\^','[:alpha:]','[:^digit:]','[:foo:]','a-c','0-9','\\p{L}','\\P{L}','\\x41','\\x{42}','\\n','\\b','.','*','(',')','|','{','}','1','é','$','\\\\','\\h','\\u0041','\\101','\\0','😀','\\p{^L}','\\t',' ','#']
SYNTAX = ['','','','*','+','{1,2}','{','{,','{a}','}','{1','{1,2','{,1}','{ 1}','(?:)','(?i)','(?i:','(?x) a #c\n','(?x: a # b\n)','(?-i:a)','(?mi-x:a)','(?#x)','(?<n>a)','\\q','\\A','\\z','(','|',')','(?','(?<','^','$','(?i)b|c','\\/','\\u{41}','\\x','\\x4','\\xC3\\xA9','\\p','\\pL','\\p{','\\p{}','\\p{Lx}','\\p{han}','\\p{Han }','\\p{Old_Italic}','\\p{Script_Extensions=Han}','\\p{Modi}','\\p{White_Space}','\\p{ID_Start}','\\p{L_u}','\\p{Uppercase Letter}','\\p{Vs}','\\p{Cased}','\\p{Dash}','a**','a+*?','a{2}{3}','a{2}{,1}+','(?:a|b){,2}c','(a)(b)*','a{0}','a{0,0}b','(?:){3}','(?:a??)*b','(?:a*?)*?b','(?:a*)+b','(?:(?:a?){2})*b','(?i:ﬀ)','(?i:ff)','(?i:aff)','(?i:[ﬀ])x','(?i:ǰ)','(?i:ŉ)','(?i:[^ß])','(?i:SS+)','(?i:s{2})','(?i:s)(?i:s)','(?i:s(?:s))','(?i:ß+)','(?i:[a-z]+)']
# fmt: on
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]


def node(depth):
    kind = random.random()
    if depth <= 0 or kind < 0.35:
        return random.choice(ATOMS[:16] if random.random() < 0.6 else ATOMS)
    if kind < 0.55:
        return node(depth - 1) + node(depth - 1)
    if kind < 0.68:
        return "(?:" + "|".join(node(depth - 1) for _ in range(random.randint(2, 3))) + ")"
    if kind < 0.86:
        body = node(depth - 1)
        return (body if len(body) == 1 else f"(?:{body})") + random.choice(QUANTIFIERS)
    for limit, opening in [(0.90, "(?="), (0.93, "(?!"), (0.95, "(?<="), (0.97, "(?<!"), (0.985, "(?>"), (1, "(")]:
        if kind < limit:
            return opening + node(depth - 1) + ")"


def pattern(index):
    if index % 3 < 2:
        return node(4) + ("|" + node(3) if random.random() < 0.3 else "")
    if random.random() < 0.6:
        return "[" + "".join(random.choice(CLASS_PARTS) for _ in range(random.randint(1, 6))) + random.choice(["]", "]", "]]", ""])
    return "".join(random.choice(SYNTAX if random.random() < 0.5 else CLASS_PARTS) for _ in range(random.randint(1, 4)))


def split(source, behavior, invert, text):
    return [piece for piece, _ in pre_tokenizers.Split(Regex(source), behavior, invert).pre_tokenize_str(text)]


cases = []
for index in range(count):
    source = pattern(index)
    try:
        Regex(source)
    except Exception:
        cases.append([source, None])
        continue
    samples = ["".join(random.choice(CHARACTERS) for _ in range(random.randint(1, 9))) for _ in range(3)]
    samples += [random.choice(["^-[]&abAB019.*(){}|$\\#: \t\b\0", "ssßSſẞffﬀﬃaffaﬀJ̌ǰʼnŉxX"])] if index % 3 == 2 else []
    behavior, invert = random.choice(BEHAVIORS), random.random() < 0.3
    cases.append([source, behavior, invert, [[text, split(source, behavior, invert, text)] for text in samples]])

replacements = [
    [source, text, normalizers.Replace(Regex(source), "_").normalize_str(text)]
    for source in ["x*", "$", "^", "", "a|b", "(?<=a)", "\\s+"]
    for text in ["axxb", "a\nb", "", "  a b"]
]
name = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/patterns.json"
path = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else name
path.write_text(json.dumps({"cases": cases, "replacements": replacements}, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")
print(path.stat().st_size, "bytes,", len(cases), "patterns")
