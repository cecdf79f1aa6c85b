"""Writes packages/tokenizer/src/fixtures/chat-templates.json: what transformers' `apply_chat_template` makes of conversations with
tools, by templates of the kinds that published models have. Run with the peers' Python (transformers 5.24.0):
python tooling/oracles/tokenizer/chat-template-fixtures.py TEMPLATE, where TEMPLATE is a file with our own template, e.g. by
node --conditions=@llm/source --import tsx -e "import('@llm/tokenizer').then((m) => console.log(m.chatTemplate))" """
import json
import pathlib
import sys

import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

# Tools in the system message, calls as JSON in tags, outputs in a user turn: the kind of Qwen and Hermes.
TAGS = """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- 'You can call:\\n<tools>' }}
    {%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}
    {{- '\\n</tools><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set state = namespace(open=false) %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' + (message.content or '') }}
        {%- for call in message.tool_calls or [] %}
            {%- if not loop.first or message.content %}{{- '\\n' }}{%- endif %}
            {{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments if call.function.arguments is string else call.function.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if not state.open %}{{- '<|im_start|>user' }}{%- endif %}
        {%- set state.open = true %}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}
            {{- '<|im_end|>\\n' }}
            {%- set state.open = false %}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""

# One call at a time, a role for outputs, trimmed text, tools indented before the first user message: the kind of Llama 3.1.
HEADERS = """{{- bos_token }}
{%- macro header(role) %}{{- '<|start_header_id|>' + role + '<|end_header_id|>\\n\\n' }}{%- endmacro %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = '' %}
{%- endif %}
{{- header('system') }}
{%- if tools is not none %}{{- 'Environment: tools\\n' }}{%- endif %}
{{- system + '<|eot_id|>' }}
{%- for message in messages %}
    {%- if loop.first and tools is not none %}
        {{- header('user') + 'Functions:\\n\\n' }}
        {%- for tool in tools %}{{- tool | tojson(indent=4) }}{{- '\\n\\n' }}{%- endfor %}
        {{- message['content'] | trim + '<|eot_id|>' }}
    {%- elif not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- header(message['role']) + message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if message.tool_calls | length != 1 %}{{- raise_exception('One call at a time.') }}{%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- header('assistant') + '{"name": "' + call.name + '", "parameters": ' }}
        {{- call.arguments | tojson }}
        {{- '}<|eot_id|>' }}
    {%- else %}
        {{- header('ipython') }}
        {%- if message.content is mapping %}{{- message.content | tojson }}{%- else %}{{- message.content }}{%- endif %}
        {{- '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- header('assistant') }}{%- endif %}
"""

# No prompt for the assistant, calls as a JSON list with identifiers: the kind of Mistral.
BRACKETS = """{{- bos_token }}
{%- if tools %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{%- endif %}
{%- for message in messages %}
    {%- if message.role in ['user', 'system'] %}
        {{- '[INST]' + message.content + '[/INST]' }}
    {%- elif message.tool_calls is defined and message.tool_calls %}
        {{- (message.content or '') + '[TOOL_CALLS][' }}
        {%- for call in message.tool_calls %}
            {%- if call.id | length != 9 %}{{- raise_exception('Nine characters.') }}{%- endif %}
            {{- (call.function | tojson)[:-1] + ', "id": "' + call.id + '"}' }}
            {{- ', ' if not loop.last else ']' + eos_token }}
        {%- endfor %}
    {%- elif message.role == 'assistant' %}
        {{- message.content + eos_token }}
    {%- elif message.role == 'tool' %}
        {{- '[TOOL_RESULTS]{"content": ' + (message.content | tojson) + ', "call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- endif %}
{%- endfor %}
"""

special = ["<|bos|>"]
for role in ["user", "assistant", "system", "tool_call", "tool_output"]:
    special += [f"<|{role}_start|>", f"<|{role}_end|>"]
special += ["<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
special += ["<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]"]
plain = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]

weather = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Today's weather – for a \"place\"",
        "parameters": {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer"}}, "required": ["place"]},
    },
}
adder = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}}}}


def call(index, name, arguments):
    return {"type": "function", "id": f"{index:09}", "function": {"name": name, "arguments": arguments}}


def text(role, content):
    return {"role": role, "content": content}


def says(content, *calls):
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def output(index, name, content):
    return {"role": "tool", "name": name, "tool_call_id": f"{index:09}", "content": content}


conversations = {
    "plain": [text("system", "Be brief."), text("user", " What's  new?\n"), text("assistant", "Nothing, naïve 中文."), text("user", "Oh.")],
    "a call, its output, an answer": [
        text("user", "Is it raining in Málaga?"),
        says("", call(0, "weather", {"place": "Málaga", "days": 2})),
        output(0, "weather", '{"rain": true}'),
        text("assistant", "Yes, \"pouring\"."),
        text("user", "Thanks!"),
        text("assistant", "You're welcome."),
    ],
    "text before a call, which waits for its output": [
        text("system", "You know <tools>.\n"),
        text("user", "12+30?"),
        says("Let me see.", call(0, "add", {"a": 12.5, "b": [1, None, True, "x\ny"], "c": {"d": "é"}})),
        output(0, "add", "42"),
    ],
    "two calls one after the other": [
        text("user", "Add twice."),
        says("", call(0, "add", {"a": 1})),
        output(0, "add", "2"),
        says("And", call(1, "add", {"a": 2})),
        output(1, "add", "3"),
        text("assistant", "3"),
    ],
    "input that is no JSON": [
        text("user", "12+30?"),
        says("", call(0, "calculator", "12+30")),
        output(0, "calculator", "42"),
        text("assistant", "42"),
    ],
}
toolsets = {"none": None, "two": [weather, adder]}

backend = Tokenizer(models.BPE())
backend.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Split(Regex(CL100K), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
)
backend.decoder = decoders.ByteLevel()
corpus = [json.dumps([conversations, toolsets], ensure_ascii=False), TAGS, HEADERS, BRACKETS] * 2
backend.train_from_iterator(
    corpus, trainers.BpeTrainer(vocab_size=700, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
)
backend.add_special_tokens([AddedToken(token, normalized=False) for token in special])
backend.add_tokens([AddedToken(token, normalized=False) for token in plain])

templates = {
    "tags": (TAGS, {}),
    "headers": (HEADERS, {"bos_token": "<|begin_of_text|>"}),
    "brackets": (BRACKETS, {"bos_token": "<s>", "eos_token": "</s>"}),
    "own": (pathlib.Path(sys.argv[1]).read_text().rstrip("\n"), {}),
}
cases = []
for template_name, (template, tokens) in templates.items():
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, chat_template=template, **tokens)
    for conversation_name, messages in conversations.items():
        for tools_name, tools in toolsets.items():
            if template_name == "own" and tools:
                continue
            prompts = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
            if messages[-1]["role"] in ["user", "tool"]:
                prompts.append(len(messages))

            def render(count, prompt):
                return tokenizer.apply_chat_template(
                    messages[:count], tools=tools, add_generation_prompt=prompt, tokenize=False
                )

            def ids(rendered):
                return tokenizer(rendered, add_special_tokens=False)["input_ids"]

            whole = tokenizer.apply_chat_template(messages, tools=tools, tokenize=True)
            whole = list(whole["input_ids"] if hasattr(whole, "keys") else whole)
            assert whole == ids(render(len(messages), False))
            cases.append(
                {
                    "template": template_name,
                    "conversation": conversation_name,
                    "tools": tools_name,
                    "ids": whole,
                    "prompts": [[i, ids(render(i, True))] for i in prompts],
                }
            )

fixture = {
    "transformers": transformers.__version__,
    "tokenizer": json.loads(backend.to_str()),
    "templates": {name: {"template": template, "tokens": tokens} for name, (template, tokens) in templates.items()},
    "toolsets": toolsets,
    "conversations": conversations,
    "cases": cases,
}
path = pathlib.Path(__file__).parents[3] / "packages/tokenizer/src/fixtures/chat-templates.json"
path.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
print(path.stat().st_size, "bytes,", len(cases), "cases")
