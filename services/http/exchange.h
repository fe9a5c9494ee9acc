// One request and its answer. A handler gets an Exchange and answers it once:
// at once, later and from any thread, or with a stream of server-sent events.
// An Exchange that is dropped without an answer answers 500.
//
// Threads: an Exchange belongs to one thread at a time and may be moved to
// another; an EventStream may be used from any. Callbacks run on the
// connection's thread and must not block.
//
// Ownership: both keep the connection's memory alive, not the connection: if
// the client goes, answers and events are thrown away.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "services/http/reply.h"
#include "services/http/request.h"

namespace slotlog::http {

/// What stands behind both: a connection of the server, or a test's own.
class ExchangeSink {
 public:
  virtual ~ExchangeSink() = default;
  virtual const Request& request() const = 0;
  virtual void SendReply(Reply reply) = 0;
  /// The head of a stream: status and headers of `head`, no body.
  virtual void BeginStream(Reply head) = 0;
  /// False: the client has gone or is too slow.
  virtual bool SendChunk(std::shared_ptr<const std::string> bytes) = 0;
  virtual void EndStream() = 0;
  virtual void OnGone(std::function<void()> callback) = 0;
};

/// An event as the stream has it: "id: 7\nevent: waiting\ndata: {...}\n\n".
/// Each line of `data` gets its own field; `id` and `event` have one line.
std::string ServerSentEvent(std::string_view id, std::string_view event,
                            std::string_view data);

class EventStream {
 public:
  explicit EventStream(std::shared_ptr<ExchangeSink> sink)
      : sink_(std::move(sink)) {}

  /// Whole events. False: the client has gone, or reads so slowly that the
  /// limit of pending bytes was reached; the stream is over then.
  bool Send(std::shared_ptr<const std::string> events) const {
    return sink_->SendChunk(std::move(events));
  }
  /// Ends the stream behind what was sent.
  void Close() const { sink_->EndStream(); }
  /// Called once when the client has gone, also if it has gone already; not
  /// after Close.
  void OnGone(std::function<void()> callback) const {
    sink_->OnGone(std::move(callback));
  }

 private:
  std::shared_ptr<ExchangeSink> sink_;
};

class Exchange {
 public:
  explicit Exchange(std::shared_ptr<ExchangeSink> sink)
      : sink_(std::move(sink)) {}
  Exchange(Exchange&&) = default;
  Exchange& operator=(Exchange&&) = delete;
  ~Exchange();

  /// REQUIRES: not answered yet.
  const Request& request() const { return sink_->request(); }

  /// Called once when the client goes before it is answered, also if it has
  /// gone already.
  void OnGone(std::function<void()> callback) {
    sink_->OnGone(std::move(callback));
  }

  /// REQUIRES: not answered yet.
  void Answer(Reply reply);
  /// Answers with a stream of events; `head` may add headers.
  /// REQUIRES: not answered yet.
  EventStream Stream(Reply head = Reply(200, kEventStream, std::string()));

 private:
  /// None: answered, or moved away.
  std::shared_ptr<ExchangeSink> sink_;
};

}  // namespace slotlog::http
