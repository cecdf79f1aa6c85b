"""Opens what `llm sft --lora` and `llm convert --to safetensors` left, in PEFT and in transformers: the same logits?

    npm run llm -- sft --model MODEL --conversations rows.jsonl --lora 16 --out ADAPTER
    npm run llm -- convert MODEL MERGED --adapter ADAPTER --to safetensors --dtype f32
    python tooling/oracles/assistant/open_tuned.py MODEL ADAPTER MERGED         # torch, transformers, peft

MODEL is a folder of Hugging Face. The adapter must be found by its own adapter_config.json, the merged folder by its name.
"""
import json
import subprocess
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

model, adapter, merged = sys.argv[1:4]
text = "The river runs past the mill and never asks why the old men on the hill talk of days gone by."


def logits_of(network, ids):
    with torch.no_grad():
        return network.eval()(torch.tensor([ids])).logits[0, -4:].reshape(-1)


node = ["node", "--conditions=@llm/source", "--import", "tsx", "tooling/oracles/assistant/tuned-logits.ts"]
ours = json.loads(subprocess.run([*node, model, adapter, merged, text], check=True, capture_output=True, text=True).stdout)
tokenizer = AutoTokenizer.from_pretrained(merged)
ids = tokenizer(text, add_special_tokens=False).input_ids
assert ids == ours["ids"], (ids, ours["ids"])
base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
alone = logits_of(base, ids)
theirs = {"alone": alone, "adapted": logits_of(PeftModel.from_pretrained(base, adapter), ids),
          "merged": logits_of(AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32), ids)}
for name, logits in theirs.items():
    error = (logits - torch.tensor(ours[name])).abs().max().item()
    print(json.dumps({"model": name, "largestLogit": logits.abs().max().item(), "largestError": error,
                      "changedByTuning": (logits - alone).abs().max().item()}))
    assert error < 1e-4 * logits.abs().max().item(), name
assert (theirs["adapted"] - alone).abs().max() > 1e-2, "the adapter changes nothing"
