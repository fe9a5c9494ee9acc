#include "services/shard/background_thread.h"

#include <pthread.h>

#include <utility>

namespace slotlog {

BackgroundThread::BackgroundThread(const std::string& name)
    : thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), name.c_str());
}

BackgroundThread::~BackgroundThread() {
  {
    absl::MutexLock lock(&mutex_);
    is_ending_ = true;
  }
  thread_.join();
}

void BackgroundThread::Do(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  work_.push_back(std::move(work));
}

void BackgroundThread::Run() {
  while (true) {
    std::function<void()> work;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](BackgroundThread* self) {
            return self->is_ending_ || !self->work_.empty();
          },
          this));
      if (work_.empty()) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }
}

}  // namespace slotlog
