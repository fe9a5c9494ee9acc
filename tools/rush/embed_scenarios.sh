#!/bin/sh
# Prints a C++ source that holds the scenario files given, by name: see
# BuiltInScenarios in scenario.h.
set -eu
echo '#include "tools/rush/scenario.h"'
echo 'namespace slotlog {'
echo 'const std::vector<BuiltInScenario>& BuiltInScenarios() {'
echo '  static const auto* const kScenarios = new std::vector<BuiltInScenario>{'
for file in "$@"; do
  printf '{"%s", R"scenario(' "$(basename "$file" .json)"
  cat "$file"
  echo ')scenario"},'
done
echo '  };'
echo '  return *kScenarios;'
echo '}'
echo '}  // namespace slotlog'
