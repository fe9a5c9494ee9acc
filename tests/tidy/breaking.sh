#!/usr/bin/env bash
# The contract says still what the released one says (tools/record contract keeps
# it), and the check finds a field that is gone.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

fail() {
  echo "$*" >&2
  exit 1
}

buf=(node_modules/@bufbuild/buf-linux-*/bin/buf)
[[ -x ${buf[0]} ]] ||
  fail "buf is missing: run rm -rf node_modules && tools/install test"
buf=$(readlink -f "${buf[0]}")
released=$PWD/events/contract/released/slotlog.v1.binpb

copy=$(mktemp -d "${TMPDIR:-/tmp}/slotlog-breaking.XXXXXX")
trap 'rm -rf "$copy"' EXIT
# Without a home buf would keep its cache here.
export BUF_CACHE_DIR=$copy/cache

"$buf" breaking --against "$released" ||
  fail "Messages of the released contract rest in logs for ever: add a field" \
    "and leave the old one as it is, or reserve its number and its name." \
    "(Before the first release: tools/record anew.)"

cp -R buf.yaml events "$copy"
cd "$copy"
operations=events/contract/slotlog/v1/operations.proto

# Says that DefineSite's field `region` is gone, with `$1` in its place.
without_region() {
  sed -i "/^message DefineSite /,/^}/s/^ *string region = 3;/  $1/" \
    "$operations"
  "$buf" breaking --against "$released" 2>&1 || true
}

told=$(without_region '')
[[ $told == *'"region" on message "DefineSite" was deleted without reserving'* ]] ||
  fail "a field is gone, and the check says only: $told"
cp "$OLDPWD/$operations" "$operations"
told=$(without_region 'reserved 3; reserved "region";')
[[ -z $told ]] || fail "a field that is gone and reserved is refused: $told"
