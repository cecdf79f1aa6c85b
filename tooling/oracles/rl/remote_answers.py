"""What an OpenAI-compatible server answers to the request of `createRemoteSampler`: one line of JSON, for
packages/rl/src/fixtures/remote-answers.json.

    llama-server -m SmolLM2-135M-Instruct.Q4_1.gguf --port 8080          # llama.cpp
    vllm serve FOLDER --dtype float32 --port 8080                         # vLLM 0.32
    python tooling/oracles/rl/remote_answers.py http://localhost:8080/v1 MODEL '[1, 9690, 198]' 2
"""
import json
import sys
import urllib.request

url, model, prompt, stop = sys.argv[1:5]
body = {
    "model": model, "prompt": json.loads(prompt), "max_tokens": int(sys.argv[5]) if len(sys.argv) > 5 else 12,
    "temperature": 1, "top_p": 1, "top_k": -1, "min_p": 0, "repetition_penalty": 1, "frequency_penalty": 0,
    "presence_penalty": 0, "seed": 7, "stop_token_ids": [int(stop)], "logprobs": 1, "return_token_ids": True,
}
request = urllib.request.Request(f"{url}/completions", json.dumps(body).encode(), {"content-type": "application/json"})
with urllib.request.urlopen(request) as response:
    print(json.dumps(json.load(response), separators=(",", ":")))
