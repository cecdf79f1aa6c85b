#!/usr/bin/env bash
# Installs the Python peers the benches compare with into .peers/ (ignored by git), nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -x .peers/bin/python ] || python3 -m venv .peers
.peers/bin/pip install --quiet --upgrade pip
.peers/bin/pip install --quiet tiktoken==0.12.0 tokenizers rustbpe numpy
.peers/bin/pip install --quiet torch --index-url "${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" || .peers/bin/pip install --quiet torch
.peers/bin/pip install --quiet transformers trl datatrove trafilatura
.peers/bin/pip list
