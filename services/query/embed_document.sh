#!/bin/sh
# Prints a C++ source that holds the document given: see openapi_document.h.
set -eu
echo '#include "services/query/openapi_document.h"'
echo 'namespace slotlog {'
echo 'std::string_view OpenApiDocument() {'
echo '  return R"document('"$(cat "$1")"')document";'
echo '}'
echo '}  // namespace slotlog'
