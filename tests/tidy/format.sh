#!/usr/bin/env bash
# The C++ and the BUILD files stand as tools/format leaves them.
set -euo pipefail
exec "$(dirname "$(readlink -f "$0")")/../../tools/format" --check
