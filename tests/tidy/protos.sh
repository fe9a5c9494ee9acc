#!/usr/bin/env bash
# The contract keeps buf's rules (buf.yaml) and stands as buf formats it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

buf=(node_modules/@bufbuild/buf-linux-*/bin/buf)
[[ -x ${buf[0]} ]] || {
  echo "buf is missing: run rm -rf node_modules && tools/install test" >&2
  exit 1
}
"${buf[0]}" lint
"${buf[0]}" format --diff --exit-code || {
  echo "Run ${buf[0]} format --write" >&2
  exit 1
}
