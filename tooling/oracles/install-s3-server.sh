#!/usr/bin/env bash
# A real S3 server for the tests of object storage: versitygw, built by Go into the ignored .peers/s3/ (about a minute of two
# processors the first time; later runs use Go's own cache). Its files lie in a folder, it checks signatures, and it knows uploads in
# parts. Does nothing where it is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=v1.8.0
mkdir -p .peers/s3
if [ "$(cat .peers/s3/version 2>/dev/null)" = "$version" ] && [ -x .peers/s3/versitygw ]; then exit 0; fi
GOBIN="$PWD/.peers/s3" CGO_ENABLED=0 GOFLAGS=-ldflags=-s go install "github.com/versity/versitygw/cmd/versitygw@$version"
echo "$version" > .peers/s3/version
