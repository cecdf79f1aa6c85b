"""Opens a model directory in Hugging Face transformers and prints what it computes, to compare with ours.

    .peers/bin/python tooling/oracles/model/open_checkpoint.py DIRECTORY ID,ID,… [NEW_TOKENS]

Prints JSON: the log-probabilities of the next token after the ids, and the greedy continuation.
"""
import json
import sys

import torch
import transformers

directory, ids = sys.argv[1], [int(i) for i in sys.argv[2].split(",")]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 8
model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
tokens = torch.tensor([ids])
with torch.no_grad():
    scores = model(tokens).logits[0, -1].log_softmax(-1)
    greedy = model.generate(tokens, attention_mask=torch.ones_like(tokens), max_new_tokens=count, do_sample=False,
                            eos_token_id=None, pad_token_id=0)[0, len(ids):]
print(json.dumps({"class": type(model).__name__, "scores": scores.tolist(), "greedy": greedy.tolist()}))
