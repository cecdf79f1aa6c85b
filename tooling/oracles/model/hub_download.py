"""Checks the hub of our tests, and our cache, against the Python client of Hugging Face. Run by hand:

    .peers/bin/python tooling/oracles/model/hub_download.py

1. huggingface_hub downloads the repository from our server: every file equal to what is served.
2. It finds in our cache what our client downloaded, without asking a server, and every file is equal.
3. transformers opens that snapshot, sharded weights and all.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).parents[3]
ours = tempfile.mkdtemp(prefix="llm-hub-ours-")
theirs = tempfile.mkdtemp(prefix="llm-hub-theirs-")
server = subprocess.Popen(
    ["node", "--conditions=@llm/source", "--import", "tsx", "tooling/oracles/model/serve-hub.ts", ours],
    cwd=ROOT, stdout=subprocess.PIPE, text=True)
try:
    served = json.loads(server.stdout.readline())
    snapshot = json.loads(server.stdout.readline())["directory"]
    # Read when the module is imported.
    os.environ["HF_ENDPOINT"] = served["endpoint"]
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import huggingface_hub
    import transformers

    def compare(directory):
        names = sorted(path.name for path in pathlib.Path(served["folder"]).iterdir())
        for name in names:
            expected = pathlib.Path(served["folder"], name).read_bytes()
            assert pathlib.Path(directory, name).read_bytes() == expected, name
        return names

    downloaded = huggingface_hub.snapshot_download(served["repository"], cache_dir=theirs)
    print("downloaded by huggingface_hub", huggingface_hub.__version__, "equal:", *compare(downloaded))
    found = huggingface_hub.snapshot_download(served["repository"], cache_dir=ours, local_files_only=True)
    assert found == snapshot, (found, snapshot)
    compare(found)
    for name in ["config.json", "model.safetensors.index.json"]:
        path = huggingface_hub.hf_hub_download(served["repository"], name, cache_dir=ours, local_files_only=True)
        assert path == os.path.join(snapshot, name), path
    print("found in our cache, equal:", found)
    model, loading = transformers.AutoModelForCausalLM.from_pretrained(found, output_loading_info=True)
    assert not any(loading.values()), loading
    print("opened by transformers", transformers.__version__, type(model).__name__, model.num_parameters())
finally:
    server.kill()
    for path in [ours, theirs, served["folder"]]:
        shutil.rmtree(path, ignore_errors=True)
