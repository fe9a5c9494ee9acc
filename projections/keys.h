// Keys of rows: a letter that says what the row is, then ids, each behind its
// length, and numbers, big-endian so that they are in order. What begins with
// the same parts stands together. Thread-safe.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/ids.h"

namespace slotlog {

class KeyWriter {
 public:
  explicit KeyWriter(char kind) : bytes_(1, kind) {}

  /// Of an id, two bytes of length and itself: the longest record is shorter.
  KeyWriter& Id(std::string_view id) {
    bytes_ += static_cast<char>(id.size() >> 8);
    bytes_ += static_cast<char>(id.size());
    bytes_ += id;
    return *this;
  }
  KeyWriter& Number(uint64_t number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      bytes_ += static_cast<char>(number >> shift);
    }
    return *this;
  }
  KeyWriter& Of(Shard shard) { return Number(shard.value, 4); }
  KeyWriter& Of(Offset offset) {
    return Number(static_cast<uint64_t>(offset.value), 8);
  }
  KeyWriter& Of(SeatNumber seat) { return Number(seat.value, 4); }

  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes a key that KeyWriter wrote apart.
class KeyReader {
 public:
  /// Begins after the letter.
  explicit KeyReader(std::string_view key) : rest_(key) {
    rest_.remove_prefix(1);
  }

  std::string_view Id() {
    const size_t size = Number(2);
    const std::string_view id = rest_.substr(0, size);
    rest_.remove_prefix(id.size());
    return id;
  }
  uint64_t Number(size_t bytes) {
    uint64_t number = 0;
    for (size_t i = 0; i < bytes && !rest_.empty(); ++i) {
      number = number << 8 | static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
    }
    return number;
  }

 private:
  std::string_view rest_;
};

}  // namespace slotlog
