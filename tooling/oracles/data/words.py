"""Words and sentences as datatrove cuts them, for `compare-words.ts`.

    python3 -m venv .peers && .peers/bin/pip install datatrove==0.10.0 spacy indic-nlp-library
    .peers/bin/python tooling/oracles/data/words.py [--sentences] < documents.jsonl > words.jsonl

A line of the input is {"language": "deu_Latn", "text": …}; a line of the output is the list of its words (or sentences),
null where datatrove's library for the language is not there.
"""

import json
import sys

from datatrove.utils.word_tokenizers import load_word_tokenizer

sentences = "--sentences" in sys.argv

for line in sys.stdin:
    document = json.loads(line)
    try:
        tokenizer = load_word_tokenizer(document["language"])
        cut = tokenizer.sent_tokenize if sentences else tokenizer.word_tokenize
        print(json.dumps(cut(document["text"]), ensure_ascii=False))
    except ImportError:
        print("null")
