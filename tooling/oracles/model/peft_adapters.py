"""Fixture of @llm/model from PEFT, in both directions on the tiny Llama: logits of an adapter that write-adapter.ts
wrote, as PEFT opens it, and the files and logits of one that PEFT wrote.

    node --conditions=@llm/source --import tsx tooling/oracles/model/write-adapter.ts /tmp/adapter
    .peers/bin/python tooling/oracles/model/peft_adapters.py /tmp/adapter
"""
import base64
import hashlib
import json
import pathlib
import sys
import tempfile

import peft
import torch
import transformers

from tiny_models import OUT, fill, numbers, weights

tiny = json.loads((OUT / "tiny-llama.json").read_text())
inputs = torch.tensor(tiny["inputs"]).reshape(2, 8)


def base():
    return fill(transformers.LlamaForCausalLM(transformers.LlamaConfig(**tiny["config"])).eval())


def logits_of(model):
    with torch.no_grad():
        return numbers(model.eval()(inputs).logits)


def adapter_of_peft(directory):
    config = peft.LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj", "v_proj", "down_proj"], task_type="CAUSAL_LM")
    model = peft.get_peft_model(base(), config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(weights(name.replace("base_model.model.", "").replace(".default", ""), tuple(parameter.shape), 0.3))
    model.save_pretrained(directory)
    return logits_of(model)


ours = pathlib.Path(sys.argv[1])
opened = logits_of(peft.PeftModel.from_pretrained(base(), ours))
with tempfile.TemporaryDirectory() as written:
    logits = adapter_of_peft(written)
    folder = pathlib.Path(written)
    fixture = {
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__},
        "ours": {"sha256": hashlib.sha256((ours / "adapter_model.safetensors").read_bytes()).hexdigest(), "logits": opened},
        "theirs": {
            "config": json.loads((folder / "adapter_config.json").read_text()),
            "weights": base64.b64encode((folder / "adapter_model.safetensors").read_bytes()).decode(),
            "logits": logits,
        },
    }
(OUT / "peft-adapters.json").write_text(json.dumps(fixture) + "\n")
