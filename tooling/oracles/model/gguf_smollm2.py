"""Fixture of packages/model/src/gguf/smollm2.test.ts: what transformers makes of SmolLM2-135M-Instruct.Q4_1.gguf.

    pip install gguf torch transformers accelerate && tooling/oracles/install-smollm2.sh
    python tooling/oracles/model/gguf_smollm2.py

The last answer goes on with a list that leaves no doubt, so that a program that rounds more gives the same tokens.
transformers dequantises with the gguf package and puts rows of queries and keys in its own order; the SHA-256 of its
float32 weights are compared, and its greedy answers.
"""
import hashlib
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

torch.set_num_threads(2)
ROOT = pathlib.Path(__file__).parents[3]
OUT = ROOT / "packages/model/src/fixtures/smollm2-gguf.json"
FOLDER, FILE = ROOT / ".peers/models", "SmolLM2-135M-Instruct.Q4_1.gguf"
QUESTIONS = ["What is the capital of France?", "Write a short story about a lighthouse keeper."]

tokenizer = AutoTokenizer.from_pretrained(FOLDER, gguf_file=FILE)
model = AutoModelForCausalLM.from_pretrained(FOLDER, gguf_file=FILE, dtype=torch.float32).eval()

weights = {name: hashlib.sha256(value.detach().contiguous().numpy().tobytes()).hexdigest() for name, value in model.named_parameters()}
answers = []
for question in QUESTIONS:
    prompt = tokenizer.apply_chat_template([{"role": "user", "content": question}], add_generation_prompt=True, return_dict=False)
    with torch.no_grad():
        output = model.generate(torch.tensor([prompt]), max_new_tokens=64, do_sample=False)
    answer = output[0, len(prompt):].tolist()
    print(tokenizer.decode(answer))
    answers.append({"prompt": prompt, "answer": answer})
DAYS = "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, "
prompt = tokenizer.encode(DAYS * 2 + "Monday, Tuesday,", add_special_tokens=False)
with torch.no_grad():
    output = model.generate(torch.tensor([prompt]), max_new_tokens=24, do_sample=False)
    best = model(output).logits[0, len(prompt) - 1:-1].softmax(-1).topk(2).values
certain = {"prompt": prompt, "answer": output[0, len(prompt):].tolist()}
print(tokenizer.decode(certain["answer"]), "least margin", float((best[:, 0] - best[:, 1]).min()))
OUT.write_text(json.dumps({
    "parameters": len(weights),
    # Of "name hash" lines in the order of their names.
    "weights": hashlib.sha256("".join(f"{name} {weights[name]}\n" for name in sorted(weights)).encode()).hexdigest(),
    "some": {name: weights[name] for name in sorted(weights) if ".3." in name or "layers" not in name},
    "answers": answers,
    "certain": certain,
}, indent=1) + "\n")
