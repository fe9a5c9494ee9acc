#!/bin/sh
# Prints a C++ source that holds the page given: see page.h.
set -eu
echo '#include "services/query/page/page.h"'
echo 'namespace slotlog {'
echo 'std::string_view Page() {'
echo '  return R"page('"$(cat "$1")"')page";'
echo '}'
echo '}  // namespace slotlog'
