#include "events/store/memory/memory_store.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

TEST(MemoryStoreTest, AFailedWriteChangesNothingAndTheNextOneWorks) {
  MemoryStore store;
  ASSERT_TRUE(store.WriteCheckpoint({{"a", "1"}}, "one").ok());

  store.FailNextWrite(absl::ResourceExhaustedError("the disk is full"));
  EXPECT_EQ(store.WriteCheckpoint({{"a", "2"}}, "two"),
            absl::ResourceExhaustedError("the disk is full"));
  EXPECT_EQ(*store.ReadPosition(), "one");
  EXPECT_EQ(*(*store.Read({"a"}))[0], "1");

  EXPECT_TRUE(store.WriteCheckpoint({{"a", "2"}}, "two").ok());
  EXPECT_EQ(*store.ReadPosition(), "two");
}

}  // namespace
}  // namespace slotlog
