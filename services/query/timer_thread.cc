#include "services/query/timer_thread.h"

#include <pthread.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <utility>

namespace slotlog {
namespace {

class AsioTimer final : public TimerThread::Timer,
                        public std::enable_shared_from_this<AsioTimer> {
 public:
  AsioTimer(boost::asio::io_context& io, TimerThread::Work work)
      : io_(io), timer_(io), work_(std::move(work)) {}

  /// On the thread.
  void Start(absl::Duration time) {
    if (work_ == nullptr) return;
    timer_.expires_after(absl::ToChronoNanoseconds(time));
    timer_.async_wait(
        [self = shared_from_this()](const boost::system::error_code& error) {
          if (error || self->work_ == nullptr) return;
          std::exchange(self->work_, nullptr)();
        });
  }

  void Cancel() override {
    boost::asio::dispatch(io_, [self = shared_from_this()] {
      self->work_ = nullptr;
      self->timer_.cancel();
    });
  }

 private:
  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  TimerThread::Work work_;
};

}  // namespace

class TimerThread::Impl {
 public:
  Impl() : stays_(io_.get_executor()), thread_([this] { io_.run(); }) {
    pthread_setname_np(thread_.native_handle(), "query-waits");
  }

  boost::asio::io_context& io() { return io_; }

  void Stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      stays_;
  std::thread thread_;
};

TimerThread::TimerThread() : impl_(std::make_shared<Impl>()) {}
TimerThread::~TimerThread() { Stop(); }

void TimerThread::Post(Work work) {
  boost::asio::post(impl_->io(), std::move(work));
}

std::shared_ptr<TimerThread::Timer> TimerThread::After(absl::Duration time,
                                                       Work work) {
  auto timer = std::make_shared<AsioTimer>(impl_->io(), std::move(work));
  boost::asio::dispatch(impl_->io(), [timer, time] { timer->Start(time); });
  return timer;
}

void TimerThread::Stop() { impl_->Stop(); }

}  // namespace slotlog
