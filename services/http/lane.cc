#include "services/http/lane.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "services/http/connection.h"
#include "services/http/reply_head.h"

namespace slotlog::http {

Lane::Lane(std::shared_ptr<ServerCore> core)
    : core_(std::move(core)),
      tick_ns_(absl::ToInt64Nanoseconds(core_->limits().tick)),
      io_(1),  // one thread runs it
      stays_(io_.get_executor()),
      timer_(io_) {}

void Lane::Start(std::string_view thread_name) {
  OnTick();
  thread_ = std::thread([this] { io_.run(); });
  pthread_setname_np(thread_.native_handle(), std::string(thread_name).c_str());
}

void Lane::StopSoon() {
  boost::asio::post(io_, [this] {
    const auto connections = connections_;
    for (const auto& connection : connections) connection->StopSoon();
  });
}

void Lane::Stop() {
  boost::asio::post(io_, [this] {
    const auto connections = connections_;
    for (const auto& connection : connections) connection->Close();
    timer_.cancel();
    io_.stop();
  });
  if (thread_.joinable()) thread_.join();
  // What was handed over meanwhile finds its connections closed, and is freed.
  stays_.reset();
  io_.restart();
  io_.poll();
}

void Lane::Add(std::shared_ptr<Connection> connection) {
  connection->lane_index_ = connections_.size();
  connections_.push_back(std::move(connection));
}

void Lane::Remove(Connection& connection) {
  const size_t index = connection.lane_index_;
  std::swap(connections_[index], connections_.back());
  connections_[index]->lane_index_ = index;
  connections_.pop_back();
}

int64_t Lane::TickAfter(absl::Duration time) const {
  // Whole numbers: this is asked several times a request.
  return tick_ + 1 + (absl::ToInt64Nanoseconds(time) + tick_ns_ - 1) / tick_ns_;
}

void Lane::AwaitTick() {
  timer_.expires_after(absl::ToChronoNanoseconds(core_->limits().tick));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) OnTick();
  });
}

void Lane::OnTick() {
  ++tick_;
  const int64_t unix_seconds = absl::ToUnixSeconds(core_->options.clock());
  if (unix_seconds != date_unix_seconds_) {
    date_unix_seconds_ = unix_seconds;
    date_ = HttpDate(unix_seconds);
  }
  // They may close, and others with them, while we look.
  std::vector<std::shared_ptr<Connection>> due;
  for (const auto& connection : connections_) {
    if (connection->deadline_tick_ <= tick_) due.push_back(connection);
  }
  for (const auto& connection : due) connection->OnDeadline();
  AwaitTick();
}

}  // namespace slotlog::http
