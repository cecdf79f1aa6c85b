"""Peer of the stories bench: nanoGPT's own train.py, unchanged, for a number of minutes of one processor; then the
model it saved scores held-out documents, each from its beginning in windows without overlap, and writes samples.
Prints bits per byte, steps, parameters and the samples' ids as JSON.

    python nanogpt_stories.py task.json
"""
import json
import math
import re
import subprocess
import sys
import time

import torch

task = json.load(open(sys.argv[1]))
rows, columns = task["rows"], task["columns"]
# README, "only have a macbook": cosine to a tenth, beta2 0.99, short warm-up, no dropout, no compilation.
settings = {
    "dataset": "stories", "out_dir": "out-stories", "device": "cpu", "compile": False, "dtype": "float32",
    "eval_iters": 1, "log_interval": 1, "block_size": columns, "batch_size": rows, "gradient_accumulation_steps": 1,
    "n_layer": task["depth"], "n_head": task["heads"], "n_embd": task["width"], "dropout": 0.0,
    "learning_rate": 1e-3, "min_lr": 1e-4, "beta2": 0.99, "warmup_iters": 100, "always_save_checkpoint": True,
}


def run(iterations):
    options = {**settings, "max_iters": iterations, "lr_decay_iters": iterations, "eval_interval": iterations}
    flags = [f"--{name}={value}" for name, value in options.items()]
    times = []
    process = subprocess.Popen([sys.executable, "-u", "train.py", *flags], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        found = re.search(r"^iter \d+: .* time ([\d.]+)ms", line)
        if found:
            times.append(float(found[1]) / 1000)
    assert process.wait() == 0
    return times


import pickle
with open("data/stories/meta.pkl", "wb") as file:
    pickle.dump({"vocab_size": task["vocabularySize"]}, file)
begun = time.time()
trial = run(40)
left = 60 * task["minutes"] - (time.time() - begun)
steps = int(left / (sum(trial[5:]) / len(trial[5:])))
run(steps)

sys.path.insert(0, task["checkout"])
from model import GPT, GPTConfig

torch.set_num_threads(1)
saved = torch.load("out-stories/ckpt.pt", map_location="cpu", weights_only=False)
model = GPT(GPTConfig(**saved["model_args"]))
model.load_state_dict(saved["model"])
model.eval()
nats = 0.0
with torch.no_grad():
    for ids in task["documents"]:
        for start in range(0, len(ids) - 1, columns):
            window = torch.tensor([ids[start : start + columns + 1]])
            inputs, targets = window[:, :-1], window[:, 1:]
            nats += model(inputs, targets)[1].item() * targets.numel()
    torch.manual_seed(1)
    samples = [model.generate(torch.tensor([ids]), 160, temperature=0.7)[0].tolist() for ids in task["prompts"]]
print(json.dumps({
    "bitsPerByte": nats / math.log(2) / task["bytes"],
    "steps": saved["iter_num"],
    "parameters": sum(p.numel() for p in model.parameters()),
    "samples": samples,
}))
