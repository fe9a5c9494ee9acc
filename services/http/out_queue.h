// What a connection has still to send, in order: bytes of its own, and bytes
// that are shared and stay where they are.
//
// Threads: one.

#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace slotlog::http {

class OutQueue {
 public:
  /// More in one system call gains nothing.
  static constexpr size_t kBuffersMax = 16;

  bool empty() const { return pieces_.empty(); }

  void Push(std::string bytes) {
    if (!bytes.empty()) pieces_.push_back({std::move(bytes), nullptr});
  }
  void Push(std::shared_ptr<const std::string> bytes) {
    if (!bytes->empty()) pieces_.push_back({{}, std::move(bytes)});
  }

  /// The first of what there is; valid until Consume.
  const std::vector<boost::asio::const_buffer>& Buffers() {
    buffers_.clear();
    size_t skipped = sent_;
    for (const Piece& piece : pieces_) {
      if (buffers_.size() == kBuffersMax) break;
      const std::string& bytes = piece.bytes();
      buffers_.emplace_back(bytes.data() + skipped, bytes.size() - skipped);
      skipped = 0;
    }
    return buffers_;
  }

  /// So many bytes are sent. Returns how many bytes of shared pieces are done
  /// with them.
  size_t Consume(size_t bytes) {
    size_t shared_bytes = 0;
    sent_ += bytes;
    while (!pieces_.empty() && sent_ >= pieces_.front().bytes().size()) {
      const Piece& piece = pieces_.front();
      sent_ -= piece.bytes().size();
      if (piece.shared != nullptr) shared_bytes += piece.shared->size();
      pieces_.pop_front();
    }
    return shared_bytes;
  }

 private:
  struct Piece {
    std::string own;
    std::shared_ptr<const std::string> shared;
    const std::string& bytes() const { return shared ? *shared : own; }
  };

  std::deque<Piece> pieces_;
  /// Of the first piece.
  size_t sent_ = 0;
  std::vector<boost::asio::const_buffer> buffers_;
};

}  // namespace slotlog::http
