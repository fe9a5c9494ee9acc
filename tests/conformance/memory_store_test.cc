#include "events/store/memory/memory_store.h"

#include "tests/conformance/store_conformance.h"

namespace slotlog {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Memory, StoreConformance,
    testing::Values(StoreKind{
        .new_store =
            [] { return [] { return std::make_unique<MemoryStore>(); }; },
        .is_durable = false}));

}  // namespace
}  // namespace slotlog
