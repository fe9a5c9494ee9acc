// A client's connection: requests come in, one at a time is answered, the next
// one waits in the buffer. What a client may leave open has a deadline in every
// state.
//
//   handshake -> idle -> head -> body -> answering -> writing -> idle ...
//                                                  -> streaming -> closed
//
// The bytes go over a socket or TLS (stream_connection.h).
//
// Threads: its lane's; what handlers call (ExchangeSink) may come from any.

#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/exchange.h"
#include "services/http/lane.h"
#include "services/http/out_queue.h"
#include "services/http/reply_head.h"
#include "services/http/request_parser.h"

namespace slotlog::http {

class Connection : public ExchangeSink,
                   public std::enable_shared_from_this<Connection> {
 public:
  using Error = boost::system::error_code;
  using Buffers = std::vector<boost::asio::const_buffer>;

  ~Connection() override = default;

  /// Any thread.
  const Request& request() const override { return request_.request(); }
  void SendReply(Reply reply) override;
  void BeginStream(Reply head) override;
  bool SendChunk(std::shared_ptr<const std::string> bytes) override;
  void EndStream() override;
  void OnGone(std::function<void()> callback) override;

  /// Takes its place in the lane and begins to read.
  void Open();
  void OnDeadline();
  /// Closes as soon as nothing is being answered.
  void StopSoon();
  void Close();

 protected:
  explicit Connection(std::shared_ptr<Lane> lane);

  Lane& lane() { return *lane_; }
  void SetPeer(Peer peer);
  void OnHandshake(const Error& error);
  void OnRead(const Error& error, size_t bytes);
  void OnWritten(const Error& error, size_t bytes);

 private:
  friend class Lane;
  enum class State {
    kHandshake,
    kIdle,
    kHead,
    kBody,
    kAnswering,
    kWriting,
    kStreaming,
    /// The last answer is sent: until the client closes too.
    kLingering,
    kClosed,
  };

  /// The transport's. Each start ends in the On... of its name.
  virtual void StartHandshake() = 0;
  virtual void StartRead(boost::asio::mutable_buffer into) = 0;
  virtual void StartWrite(const Buffers& buffers) = 0;
  /// What can be written at once; 0: nothing, or an error.
  virtual size_t TryWrite(const Buffers& buffers) = 0;
  /// Says that no more will be sent.
  virtual void StartShutdown() = 0;
  virtual void CloseTransport() = 0;

  bool IsReceiving() const {
    return state_ == State::kIdle || state_ == State::kHead ||
           state_ == State::kBody;
  }
  void Enter(State state, absl::Duration at_most);

  void Advance();
  bool TakeSome();
  void BeginRequest();
  bool OnHead();
  void Dispatch();
  void RefuseParse(ParseFault fault);
  void EnsureReading();

  void DoReply(Reply reply);
  void DoBeginStream(const Reply& head);
  void DoSendChunk(std::shared_ptr<const std::string> bytes);
  void DoEndStream();
  HeadFacts Facts() const;
  void Flush();
  void Sent(size_t bytes);
  void OnFlushed();
  void FinishReply();
  void Linger();

  /// Destroyed last: the socket is of its io_context.
  const std::shared_ptr<Lane> lane_;
  size_t lane_index_ = 0;
  int64_t deadline_tick_ = 0;

  State state_ = State::kHandshake;
  bool is_advancing_ = false;
  bool is_reading_ = false;
  bool is_writing_ = false;
  /// The client sends no more.
  bool has_ended_ = false;
  /// Behind the answer that is being sent.
  bool closes_ = false;

  std::shared_ptr<const Peer> peer_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  RequestBuilder request_;
  std::optional<RequestParser> parser_;
  const Route* route_ = nullptr;
  absl::Time head_at_;

  OutQueue out_;
  int status_ = 0;
  size_t body_bytes_ = 0;

  std::function<void()> gone_callback_;
  /// Any thread: nothing more will be sent.
  std::atomic<bool> is_gone_ = false;
  /// Any thread: events handed over and not yet sent.
  std::atomic<size_t> stream_pending_bytes_ = 0;
};

}  // namespace slotlog::http
