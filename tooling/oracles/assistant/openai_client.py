"""The official Python client against a running server, unchanged: python openai_client.py http://127.0.0.1:8123 [TOKEN]

    python -m pip install openai

The server is serve-model.ts with a model that can chat. Prints one line for each thing that was tried, and fails at the first
that is not as it should be.
"""
import sys

import openai
from pydantic import BaseModel

url = sys.argv[1]
client = openai.OpenAI(base_url=f"{url}/v1", api_key=sys.argv[2] if len(sys.argv) > 2 else "none", max_retries=0)
model = client.models.list().data[0].id
assert client.models.retrieve(model).id == model
print("models:", model)

asked = dict(model=model, messages=[{"role": "user", "content": "Say hello in three words."}], temperature=0, max_tokens=16)
whole = client.chat.completions.create(**asked)
text = whole.choices[0].message.content
assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
print("chat:", repr(text), whole.choices[0].finish_reason)

streamed, usage = "", None
for chunk in client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
    streamed += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    usage = chunk.usage or usage
assert streamed == text and usage == whole.usage, (streamed, usage)
print("stream: the same text and usage")

final = client.chat.completions.create(**asked, logprobs=True, top_logprobs=2).choices[0]
tokens = final.logprobs.content
assert final.message.content == text
assert all(token.token == token.top_logprobs[0].token for token in tokens)
assert bytes(byte for token in tokens for byte in token.bytes).decode("utf-8", "replace") == text
print("log-probabilities:", [(token.token, round(token.logprob, 3)) for token in tokens[:3]])

sampled = dict(asked, temperature=1, seed=5, n=2)
first, second = (client.chat.completions.create(**sampled) for _ in range(2))
assert [c.message.content for c in first.choices] == [c.message.content for c in second.choices]
print("seed: the same two choices again")

if len(text) > 4:
    stopped = client.chat.completions.create(**asked, stop=[text[2:4]])
    assert stopped.choices[0].message.content == text[: text.index(text[2:4])]
    assert stopped.choices[0].finish_reason == "stop"
    print("stop: ends before", repr(text[2:4]))

scored = client.completions.create(model=model, prompt="The cat sat on the mat.", echo=True, logprobs=1, max_tokens=0)
logprobs = scored.choices[0].logprobs
assert logprobs.token_logprobs[0] is None and len(logprobs.tokens) == len(logprobs.top_logprobs)
print("echo:", len(logprobs.tokens), "tokens,", round(sum(logprobs.token_logprobs[1:]), 3))


class Answer(BaseModel):
    city: str
    degrees: int


question = [{"role": "user", "content": "Where is it cold? Answer with a city and its degrees as JSON."}]
parsed = client.chat.completions.parse(model=model, messages=question, temperature=0, max_tokens=200, response_format=Answer)
assert isinstance(parsed.choices[0].message.parsed, Answer)
print("schema:", parsed.choices[0].message.parsed)

tools = [{"type": "function", "function": {"name": "weather", "description": "The weather of a city.", "parameters": Answer.model_json_schema()}}]
call = client.chat.completions.create(**dict(asked, max_tokens=100), tools=tools, tool_choice="required").choices[0]
if call.message.tool_calls:
    Answer.model_validate_json(call.message.tool_calls[0].function.arguments)
    history = [*asked["messages"], call.message, {"role": "tool", "tool_call_id": call.message.tool_calls[0].id, "content": "cold"}]
    client.chat.completions.create(**dict(asked, messages=history), tools=tools)
print("tools:", call.finish_reason, call.message.tool_calls)

for error, body in {
    openai.NotFoundError: dict(asked, model="gpt-5"),
    openai.BadRequestError: dict(asked, temperature="hot"),
}.items():
    try:
        client.chat.completions.create(**body)
    except error as told:
        print("error:", type(told).__name__, told.body)
    else:
        raise AssertionError(f"{error} did not come")
