#!/usr/bin/env bash
# Installs the peers the benches compare with into .peers/ (ignored by git), nothing else: Python ones beside a virtual
# environment, JavaScript ones under .peers/node and .peers/llama-cpp, where none of their install scripts runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash tooling/oracles/install-llama-cpp.sh
bash tooling/bench/install-llama-bench.sh
[ -x .peers/bin/python ] || python3 -m venv .peers
.peers/bin/pip install --quiet --upgrade pip
.peers/bin/pip install --quiet numpy tiktoken tokenizers rustbpe datatrove fasttext-numpy2-wheel fasteners tldextract faust-cchardet python-magic spacy trafilatura lxml_html_clean rs-trafilatura resiliparse justext torch transformers trl warcio fastwarc
.peers/bin/pip list

mkdir -p .peers/node
[ -f .peers/node/package.json ] || echo '{ "private": true }' >.peers/node/package.json
npm install --prefix .peers/node --ignore-scripts --no-audit --no-fund \
  @jax-js/jax@0.1.25 @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 gpt-tfjs@0.0.5 \
  hypertok@0.3.4 @hypertok/vocab-cl100k@1.0.0 js-tiktoken@1.0.21 warcio@2.4.11 \
  @mozilla/readability@0.6.0 linkedom@0.18.15 defuddle@0.19.4
