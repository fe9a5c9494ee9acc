#include <boost/asio/post.hpp>
#include <utility>

#include "services/http/connection.h"

// What a connection sends: answers and streams, whoever gives them.

namespace slotlog::http {
namespace {

std::string ChunkHead(size_t bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string head = "\r\n";
  do {
    head.insert(head.begin(), kDigits[bytes % 16]);
    bytes /= 16;
  } while (bytes > 0);
  return head;
}

}  // namespace

void Connection::SendReply(Reply reply) {
  if (is_gone_) return;
  lane_->Run([self = shared_from_this(), reply = std::move(reply)]() mutable {
    self->DoReply(std::move(reply));
  });
}

void Connection::BeginStream(Reply head) {
  if (is_gone_) return;
  lane_->Run([self = shared_from_this(), head = std::move(head)]() mutable {
    self->DoBeginStream(head);
  });
}

bool Connection::SendChunk(std::shared_ptr<const std::string> bytes) {
  if (is_gone_) return false;
  const size_t pending = stream_pending_bytes_ += bytes->size();
  if (pending > lane_->core().limits().stream_pending_bytes_max) {
    is_gone_ = true;
    // Not at once: this may be in the middle of somebody's loop over streams.
    boost::asio::post(lane_->io(),
                      [self = shared_from_this()] { self->Close(); });
    return false;
  }
  lane_->Run([self = shared_from_this(), bytes = std::move(bytes)]() mutable {
    self->DoSendChunk(std::move(bytes));
  });
  return true;
}

void Connection::EndStream() {
  if (is_gone_) return;
  lane_->Run([self = shared_from_this()] { self->DoEndStream(); });
}

void Connection::OnGone(std::function<void()> callback) {
  lane_->Run(
      [self = shared_from_this(), callback = std::move(callback)]() mutable {
        if (self->state_ == State::kClosed) {
          callback();
        } else if (self->state_ == State::kAnswering ||
                   self->state_ == State::kStreaming) {
          self->gone_callback_ = std::move(callback);
        }
      });
}

HeadFacts Connection::Facts() const {
  return {.date = lane_->date(),
          .closes = closes_,
          .is_1_0 = parser_->is_header_done() && !parser_->IsVersion11()};
}

void Connection::DoReply(Reply reply) {
  if (state_ != State::kAnswering) return;  // too late
  closes_ = reply.closes() || !parser_->is_done() || !parser_->keep_alive() ||
            lane_->core().is_stopping;
  status_ = StatusFor(request(), reply);
  std::string head;
  head.reserve(256 + reply.headers().size());
  AppendHead(head, request(), reply, status_, Facts());
  out_.Push(std::move(head));
  const bool has_body =
      request().method() != Method::kHead && status_ != 304 && status_ != 204;
  body_bytes_ = has_body ? reply.body().size() : 0;
  if (has_body) {
    if (reply.shared_body() != nullptr) {
      out_.Push(reply.shared_body());
    } else {
      out_.Push(reply.TakeOwnBody());
    }
  }
  Enter(State::kWriting, lane_->core().limits().write_timeout);
  Flush();
}

void Connection::DoBeginStream(const Reply& head) {
  if (state_ != State::kAnswering) return;
  closes_ = true;
  status_ = head.status();
  std::string text;
  AppendStreamHead(text, request(), head, Facts());
  out_.Push(std::move(text));
  if (request().method() == Method::kHead) {
    Enter(State::kWriting, lane_->core().limits().write_timeout);
    return Flush();
  }
  ++lane_->core().streams;
  Enter(State::kStreaming, lane_->core().limits().write_timeout);
  Flush();
}

void Connection::DoSendChunk(std::shared_ptr<const std::string> bytes) {
  if (state_ != State::kStreaming || bytes->empty()) return;
  if (out_.empty()) Enter(state_, lane_->core().limits().write_timeout);
  const bool is_chunked = parser_->IsVersion11();
  if (is_chunked) out_.Push(ChunkHead(bytes->size()));
  out_.Push(std::move(bytes));
  if (is_chunked) out_.Push(std::string("\r\n"));
  Flush();
}

void Connection::DoEndStream() {
  if (state_ != State::kStreaming) return;
  gone_callback_ = nullptr;
  --lane_->core().streams;
  if (parser_->IsVersion11()) out_.Push(std::string("0\r\n\r\n"));
  Enter(State::kWriting, lane_->core().limits().write_timeout);
  Flush();
}

/// Sends what can be sent at once, and the rest when the client takes it.
void Connection::Flush() {
  if (is_writing_) return;
  if (!out_.empty()) Sent(TryWrite(out_.Buffers()));
  if (out_.empty()) return OnFlushed();
  is_writing_ = true;
  StartWrite(out_.Buffers());
}

void Connection::Sent(size_t bytes) {
  const size_t shared_bytes = out_.Consume(bytes);
  if (state_ == State::kStreaming) stream_pending_bytes_ -= shared_bytes;
}

void Connection::OnWritten(const Error& error, size_t bytes) {
  is_writing_ = false;
  if (state_ == State::kClosed) return;
  if (error) return Close();
  Sent(bytes);
  // Some progress, however slow the client: but an answer has its time in all.
  if (state_ == State::kStreaming) {
    Enter(state_, lane_->core().limits().write_timeout);
  }
  Flush();
}

void Connection::OnFlushed() {
  if (state_ == State::kWriting) return FinishReply();
  if (state_ == State::kStreaming) {
    Enter(state_, lane_->core().limits().stream_heartbeat);
    if (!is_advancing_) EnsureReading();
  }
}

void Connection::FinishReply() {
  const ServerOptions& options = lane_->core().options;
  if (options.on_finished && parser_->is_header_done()) {
    options.on_finished({.request = request(),
                         .pattern = route_ == nullptr ? "" : route_->pattern,
                         .status = status_,
                         .body_bytes = body_bytes_,
                         .took = options.clock() - head_at_});
  }
  gone_callback_ = nullptr;
  if (closes_ || has_ended_ || lane_->core().is_stopping) return Linger();
  Enter(State::kIdle, options.limits.idle_timeout);
  Advance();
}

}  // namespace slotlog::http
