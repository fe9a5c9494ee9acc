#!/usr/bin/env bash
# The contract keeps buf's rules (buf.yaml) and stands as buf formats it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

buf=(node_modules/@bufbuild/buf-linux-*/bin/buf)
[[ -x ${buf[0]} ]] || {
  echo "buf is missing: run rm -rf node_modules && tools/install test" >&2
  exit 1
}

# Without a home buf would keep its cache here.
BUF_CACHE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/slotlog-protos.XXXXXX")
export BUF_CACHE_DIR
trap 'rm -rf "$BUF_CACHE_DIR"' EXIT

"${buf[0]}" lint
"${buf[0]}" format --diff --exit-code || {
  echo "Run ${buf[0]} format --write" >&2
  exit 1
}
