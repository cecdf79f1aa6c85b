"""Peer of the posttrain bench: the same model, rows and sizes in TRL (with PEFT where the task says so). Prints the
seconds of each step, the processor time of the best, peak memory as JSON.

    python trl_train.py '{"file":"TASK.json"}'
"""
import json
import re
import resource
import sys
import time

import torch

task = json.load(open(json.loads(sys.argv[1])["file"]))
torch.set_num_threads(task["threads"])
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback, set_seed

set_seed(0)
tokenizer = AutoTokenizer.from_pretrained(task["folder"])
if tokenizer.pad_token is None:
    tokenizer.pad_token = tokenizer.eos_token
model = AutoModelForCausalLM.from_pretrained(task["folder"], dtype=torch.float32)
peft_config = None
if task.get("lora"):
    from peft import LoraConfig

    peft_config = LoraConfig(r=task["lora"], lora_alpha=task["lora"], target_modules="all-linear", task_type="CAUSAL_LM")

times = []


class Clock(TrainerCallback):
    def on_step_begin(self, *_, **__):
        if not times:
            self.begun, self.cpu = time.perf_counter(), time.process_time()

    def on_step_end(self, *_, **__):
        now, cpu = time.perf_counter(), time.process_time()
        times.append((now - self.begun, cpu - self.cpu))
        self.begun, self.cpu = now, cpu


common = dict(
    output_dir="/tmp/trl-bench", use_cpu=True, bf16=False, fp16=False, gradient_checkpointing=False,
    report_to="none", save_strategy="no", logging_steps=1, max_steps=task["steps"], learning_rate=task["learningRate"],
    lr_scheduler_type="constant", weight_decay=0.0, max_grad_norm=1.0, disable_tqdm=True,
)
user = lambda text: [{"role": "user", "content": text}]
method = task["method"]
if method == "grpo":
    from trl import GRPOConfig, GRPOTrainer

    def reward(completions, answer, **_):
        return [float(a in c[0]["content"]) for c, a in zip(completions, answer)]

    rows = Dataset.from_list([{"prompt": user(r["question"]), "answer": r["answer"]} for r in task["rows"]])
    args = GRPOConfig(
        **common, per_device_train_batch_size=task["prompts"] * task["samples"], num_generations=task["samples"],
        max_completion_length=task["maxNewTokens"], temperature=1.0,
    )
    trainer = GRPOTrainer(model, reward_funcs=reward, args=args, train_dataset=rows, processing_class=tokenizer,
                          peft_config=peft_config, callbacks=[Clock()])
elif method == "sft":
    from trl import SFTConfig, SFTTrainer

    rows = Dataset.from_list([{"prompt": user(r["question"]),
                               "completion": [{"role": "assistant", "content": r["answer"]}]} for r in task["rows"]])
    args = SFTConfig(**common, per_device_train_batch_size=task["batchRows"], max_length=task["columns"],
                     packing=True, completion_only_loss=True,
                     # The last batch of an epoch has fewer rows, and would be the best step.
                     dataloader_drop_last=True)
    trainer = SFTTrainer(model, args=args, train_dataset=rows, processing_class=tokenizer, peft_config=peft_config,
                         callbacks=[Clock()])
else:
    from trl import DPOConfig, DPOTrainer

    said = lambda text: [{"role": "assistant", "content": text}]
    rows = Dataset.from_list([{"prompt": user(r["question"]), "chosen": said(r["answer"]),
                               "rejected": said(r["rejected"])} for r in task["rows"]])
    args = DPOConfig(**common, per_device_train_batch_size=task["batchRows"], max_length=task["columns"])
    trainer = DPOTrainer(model, args=args, train_dataset=rows, processing_class=tokenizer, peft_config=peft_config,
                         callbacks=[Clock()])
trainer.train()
last = [r for r in trainer.state.log_history if "loss" in r or "reward" in r]
steps = times[1:] if len(times) > 1 else times
print(json.dumps({
    "seconds": [s for s, _ in times],
    "secondsPerStep": min(s for s, _ in steps),
    "cpuSecondsPerStep": min(c for _, c in steps),
    "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "lengths": [r.get("completions/mean_length") for r in last],
    "losses": [r.get("loss") for r in last],
}))
