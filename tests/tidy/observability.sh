#!/usr/bin/env bash
# Prometheus takes the alert rules and they fire when they should; it can read
# every query of the dashboard.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../tools/observability"

command -v promtool >/dev/null || {
  echo "promtool is missing: run tools/install test" >&2
  exit 1
}
promtool check config prometheus.yml
promtool test rules alerts_test.yml

# Each alert has such a test.
sed -n 's/^ *- alert: //p' alerts.yml | while read -r alert; do
  grep -q "alertname: $alert$" alerts_test.yml || {
    echo "$alert has no test in alerts_test.yml" >&2
    exit 1
  }
done

# Each query of the dashboard is one that Prometheus can read: as a rule.
rules=$(mktemp "${TMPDIR:-/tmp}/slotlog-dashboard.XXXXXX")
trap 'rm -f "$rules"' EXIT
python3 - >"$rules" <<'TEXT'
import json

with open("dashboard.json") as file:
    panels = json.load(file)["panels"]
queries = [target["expr"] for panel in panels for target in panel["targets"]]
assert queries, "a dashboard without queries"
rules = [
    {"record": f"query:{number}", "expr": q.replace("$__rate_interval", "1m")}
    for number, q in enumerate(queries)
]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
TEXT
promtool check rules "$rules"
