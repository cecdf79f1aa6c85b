"""What datatrove decides about texts of many languages with FineWeb-2's thresholds, for `compare-fineweb2.ts`.

    python3 -m venv .peers && .peers/bin/pip install datatrove==0.10.0 spacy regex pyyaml
    .peers/bin/python tooling/oracles/data/fineweb2.py CONFIGS < documents.jsonl > decisions.jsonl

CONFIGS is the folder `configs` of huggingface/fineweb-2. A line of the input is {"language": "deu_Latn", "text": …}; a
line of the output is what the three filters say in FineWeb-2's order, each on its own, and how many words there are.
"""

import functools
import json
import pathlib
import sys

import yaml
from datatrove.data import Document
from datatrove.pipeline.filters import FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.utils.text import split_into_words

configs = pathlib.Path(sys.argv[1])


@functools.cache
def filters(language):
    own = yaml.safe_load((configs / f"{language}.yml").read_text())
    return {
        "gopher-repetition": GopherRepetitionFilter(
            language=language,
            dup_para_frac=0,
            dup_line_char_frac=0,
            dup_para_char_frac=0,
            dup_line_frac=own["dup_line_frac"],
            top_n_grams=own["top_n_grams"],
            dup_n_grams=own["dup_n_grams"],
        ),
        "fineweb": FineWebQualityFilter(
            language=language,
            short_line_thr=999,
            char_duplicates_ratio=0.1,
            line_punct_thr=own["line_punct_thr"],
            new_line_ratio=own["new_line_ratio"],
        ),
        "gopher-quality": GopherQualityFilter(
            language=language,
            max_avg_word_length=own["max_avg_word_length"],
            min_avg_word_length=own["min_avg_word_length"],
            stop_words=own["stopwords"],
            max_non_alpha_words_ratio=own["max_non_alpha_words_ratio"],
            min_stop_words=2,
        ),
    }


for line in sys.stdin:
    document = json.loads(line)
    verdicts = {}
    for name, step in filters(document["language"]).items():
        verdict = step.filter(Document(text=document["text"], id=""))
        verdicts[name] = "keep" if verdict is True else verdict[1] if isinstance(verdict, tuple) else "drop"
    words = split_into_words(document["text"], document["language"])
    print(json.dumps({**verdicts, "words": len(words)}))
