#include "services/http/connection.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "services/http/problem.h"

namespace slotlog::http {
namespace {

/// Enough for most heads; a larger one lets it grow to its limit.
constexpr size_t kBufferBytes = 2 * 1024;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Problem ProblemOfFault(ParseFault fault) {
  switch (fault) {
    case ParseFault::kHeadTooLarge:
      return {.status = 431,
              .name = "head-too-large",
              .title = "The request's headers are too large or too many"};
    case ParseFault::kBodyTooLarge:
      return {.status = 413,
              .name = "content-too-large",
              .title = "The request's body is larger than this path takes"};
    case ParseFault::kEncodingUnknown:
      return {.status = 501,
              .name = "transfer-encoding-unknown",
              .title = "Transfer-Encoding can only be chunked"};
    case ParseFault::kVersionUnknown:
      return {.status = 505,
              .name = "version-unknown",
              .title = "This server speaks HTTP/1.1"};
    case ParseFault::kMalformed:
    case ParseFault::kNone:
      return {.status = 400,
              .name = "malformed-request",
              .title = "This is no request as HTTP/1.1 has it"};
  }
  return {};
}

}  // namespace

Connection::Connection(std::shared_ptr<Lane> lane) : lane_(std::move(lane)) {}

void Connection::SetPeer(Peer peer) {
  peer_ = std::make_shared<const Peer>(std::move(peer));
  request_.SetPeer(peer_);
}

void Connection::Open() {
  lane_->Add(shared_from_this());
  ++lane_->core().connections;
  Enter(State::kHandshake, lane_->core().limits().handshake_timeout);
  StartHandshake();
}

void Connection::Enter(State state, absl::Duration at_most) {
  state_ = state;
  deadline_tick_ = lane_->TickAfter(at_most);
}

void Connection::OnHandshake(const Error& error) {
  if (state_ != State::kHandshake) return;
  if (error) return Close();
  // Whoever connects is expected to ask.
  Enter(State::kIdle, lane_->core().limits().head_timeout);
  Advance();
}

// --- Receiving ---

/// Answers what stands in the buffer until an answer is awaited, or more bytes
/// are. Never calls itself: an answer that is given at once comes back here.
void Connection::Advance() {
  if (is_advancing_) return;
  is_advancing_ = true;
  while (IsReceiving() && TakeSome()) {
  }
  is_advancing_ = false;
  if (state_ != State::kClosed && state_ != State::kWriting) EnsureReading();
}

/// False: it needs more bytes.
bool Connection::TakeSome() {
  if (begin_ == end_) return false;
  if (state_ == State::kIdle) BeginRequest();
  const auto taken =
      parser_->Take(std::string_view(buffer_).substr(begin_, end_ - begin_));
  begin_ += taken.bytes;
  if (taken.fault != ParseFault::kNone) {
    RefuseParse(taken.fault);
    return true;
  }
  if (state_ == State::kHead && parser_->is_header_done() && !OnHead()) {
    return true;
  }
  if (state_ == State::kBody && parser_->is_done()) {
    Dispatch();
    return true;
  }
  const bool is_stuck = taken.needs_more && begin_ == 0 &&
                        end_ >= lane_->core().limits().head_bytes_max;
  if (is_stuck) RefuseParse(ParseFault::kHeadTooLarge);
  return !taken.needs_more;
}

void Connection::BeginRequest() {
  const ServerLimits& limits = lane_->core().limits();
  request_.Clear();
  parser_.emplace(request_, limits.head_bytes_max, limits.headers_max);
  route_ = nullptr;
  closes_ = false;
  Enter(State::kHead, limits.head_timeout);
}

/// Finds who answers, before the body is read. False: it is answered.
bool Connection::OnHead() {
  ServerCore& core = lane_->core();
  Request& request = request_.request();
  ++core.requests;
  if (core.options.on_finished) head_at_ = core.options.clock();
  const auto trace = request.Header("traceparent");
  const auto parsed = trace ? ParseTraceParent(*trace) : std::nullopt;
  request_.SetTrace(parsed ? *parsed : NewTrace());
  Enter(State::kBody, core.limits().body_timeout);

  auto found = core.router.Find(request);
  if (auto* refusal = std::get_if<Reply>(&found)) {
    Enter(State::kAnswering, core.limits().answer_timeout);
    DoReply(std::move(*refusal));
    return false;
  }
  auto& [route, parameters] = std::get<Router::Found>(found);
  route_ = route;
  for (auto& [name, value] : parameters) {
    request_.AddPathParameter(name, std::move(value));
  }
  if (route->options.guard) {
    if (auto refusal = route->options.guard(request)) {
      Enter(State::kAnswering, core.limits().answer_timeout);
      DoReply(*std::move(refusal));
      return false;
    }
  }
  parser_->LimitBody(route->options.body_bytes_max);
  if (parser_->IsBodyTooLarge()) {
    RefuseParse(ParseFault::kBodyTooLarge);
    return false;
  }
  const auto expected = request.Header("Expect");
  if (expected.has_value() && parser_->HasBody()) {
    // The only expectation that there is (RFC 9110 section 10.1.1).
    out_.Push(std::string(kContinue));
    Flush();
  }
  return true;
}

void Connection::Dispatch() {
  Enter(State::kAnswering, lane_->core().limits().answer_timeout);
  route_->handler(Exchange(shared_from_this()));
}

void Connection::RefuseParse(ParseFault fault) {
  request_.SetTrace(NewTrace());
  Enter(State::kAnswering, lane_->core().limits().answer_timeout);
  DoReply(ProblemReply(request(), ProblemOfFault(fault)).Close());
}

/// Reads also while an answer is awaited: that is how it is noticed that the
/// client has gone.
void Connection::EnsureReading() {
  if (is_reading_ || has_ended_) return;
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == buffer_.size()) {
    const size_t bytes_max = lane_->core().limits().head_bytes_max;
    if (buffer_.size() >= bytes_max) return;
    buffer_.resize(
        std::min(bytes_max, std::max(kBufferBytes, 2 * buffer_.size())));
  }
  is_reading_ = true;
  StartRead(boost::asio::buffer(buffer_.data() + end_, buffer_.size() - end_));
}

void Connection::OnRead(const Error& error, size_t bytes) {
  is_reading_ = false;
  if (state_ == State::kClosed) return;
  if (error) {
    has_ended_ = true;
    // An answer that is on its way may still be taken.
    if (state_ != State::kWriting) Close();
    return;
  }
  end_ += bytes;
  switch (state_) {
    case State::kHandshake:
    case State::kIdle:
    case State::kHead:
    case State::kBody:
      return Advance();
    case State::kAnswering:
      return EnsureReading();
    case State::kWriting:
    case State::kClosed:
      return;
    case State::kStreaming:
    case State::kLingering:
      begin_ = end_;
      return EnsureReading();
  }
}

// --- Ends ---

void Connection::OnDeadline() {
  const ServerLimits& limits = lane_->core().limits();
  switch (state_) {
    case State::kHandshake:
    case State::kIdle:
    case State::kWriting:
    case State::kLingering:
      return Close();
    case State::kHead:
    case State::kBody:
      request_.SetTrace(NewTrace());
      Enter(State::kAnswering, limits.answer_timeout);
      return DoReply(
          ProblemReply(request(), {.status = 408,
                                   .name = "request-timeout",
                                   .title = "The request took too long"})
              .Close());
    case State::kAnswering:
      return DoReply(ProblemReply(request(), {.status = 503,
                                              .name = "answer-timeout",
                                              .title = "No answer in time",
                                              .retry_after_seconds = 1})
                         .Close());
    case State::kStreaming:
      if (!out_.empty()) return Close();
      SendChunk(std::make_shared<const std::string>(":\n\n"));
      return;
    case State::kClosed:
      return;
  }
}

void Connection::StopSoon() {
  switch (state_) {
    case State::kHandshake:
    case State::kIdle:
      return Close();
    case State::kStreaming: {
      // The client comes back to another server, or this one's next life.
      if (auto callback = std::exchange(gone_callback_, nullptr)) callback();
      return DoEndStream();
    }
    case State::kHead:
    case State::kBody:
    case State::kAnswering:
    case State::kWriting:
    case State::kLingering:
    case State::kClosed:
      return;
  }
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  if (state_ == State::kStreaming) --lane_->core().streams;
  state_ = State::kClosed;
  is_gone_ = true;
  --lane_->core().connections;
  CloseTransport();
  lane_->Remove(*this);
  if (auto callback = std::exchange(gone_callback_, nullptr)) callback();
}

/// To close at once would make the client's system throw away what it has not
/// read yet, if anything of the client's stands unread here.
void Connection::Linger() {
  if (has_ended_) return Close();
  Enter(State::kLingering, lane_->core().limits().linger_timeout);
  is_gone_ = true;
  begin_ = end_;
  StartShutdown();
  EnsureReading();
}

}  // namespace slotlog::http
