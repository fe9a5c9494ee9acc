// A server's thread and the connections that it has to itself. Time is counted
// in ticks: one timer a lane looks whose deadline has passed, so that setting
// one costs nothing.
//
// Threads: the lane's own, but for what says otherwise.
//
// Ownership: a lane keeps its connections until they close; they keep the
// lane's memory.

#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/http/router.h"
#include "services/http/server.h"

namespace slotlog::http {

class Connection;

/// What all lanes of a server share.
struct ServerCore {
  ServerOptions options;
  Router router;
  std::atomic<bool> is_stopping = false;
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> streams = 0;
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> connections_refused = 0;

  const ServerLimits& limits() const { return options.limits; }
};

class Lane : public std::enable_shared_from_this<Lane> {
 public:
  explicit Lane(std::shared_ptr<ServerCore> core);

  ServerCore& core() { return *core_; }
  boost::asio::io_context& io() { return io_; }

  /// Any thread.
  void Start(std::string_view thread_name);
  /// Closes idle connections and ends streams; the others close when they
  /// have answered. Any thread.
  void StopSoon();
  /// Closes what is left and ends the thread. Any thread but its own.
  void Stop();

  /// Any thread: calls `work` here; at once if this is the lane's thread.
  template <typename Work>
  void Run(Work work) {
    if (io_.get_executor().running_in_this_thread()) {
      work();
    } else {
      boost::asio::post(io_, std::move(work));
    }
  }

  void Add(std::shared_ptr<Connection> connection);
  /// A connection that closes; it may be destroyed by this.
  void Remove(Connection& connection);

  /// The first tick by which so much time has surely passed.
  int64_t TickAfter(absl::Duration time) const;
  /// For the header, renewed every tick.
  std::string_view date() const { return date_; }

 private:
  void AwaitTick();
  void OnTick();

  const std::shared_ptr<ServerCore> core_;
  const int64_t tick_ns_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      stays_;
  boost::asio::steady_timer timer_;
  int64_t tick_ = 0;
  std::string date_;
  int64_t date_unix_seconds_ = -1;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace slotlog::http
