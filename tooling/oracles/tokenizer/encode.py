"""Ids by Hugging Face `tokenizers` (Rust): standard input {"file": a tokenizer.json, "texts": […]}, standard output [[id, …], …]."""
import json
import sys

from tokenizers import Tokenizer

task = json.load(sys.stdin)
tokenizer = Tokenizer.from_str(json.dumps(task["file"]))
json.dump([tokenizer.encode(text, add_special_tokens=False).ids for text in task["texts"]], sys.stdout)
