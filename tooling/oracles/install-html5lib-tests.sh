#!/usr/bin/env bash
# html5lib-tests (MIT), what every HTML parser is tested with, in the ignored .peers/html5lib-tests/. What is there
# already is left alone. A copy elsewhere: ln -s COPY .peers/html5lib-tests
#
#     tooling/oracles/install-html5lib-tests.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
target=.peers/html5lib-tests
# The last commit that holds the tree-construction tests: they moved to web-platform-tests then.
commit=9329e64694e7835d0dcff9811e22856ef6ad16f9
if [ -e "$target/tree-construction" ]; then
  echo "$target is there"
  exit 0
fi
mkdir -p .peers
git clone --quiet https://github.com/html5lib/html5lib-tests "$target"
git -C "$target" checkout --quiet "$commit"
echo "$target fetched"
