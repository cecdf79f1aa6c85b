#!/usr/bin/env bash
# Installs the Python peers the benches compare with into .peers/ (ignored by git), nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -x .peers/bin/python ] || python3 -m venv .peers
.peers/bin/pip install --quiet --upgrade pip
.peers/bin/pip install --quiet numpy tiktoken tokenizers rustbpe datatrove spacy trafilatura torch transformers trl
.peers/bin/pip list
