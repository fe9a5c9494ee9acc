// Tells ThreadSanitizer what Debian's Abseil does not: that its mutexes,
// condition variables and notifications order what threads do. The library was
// not built for the sanitizer, so without this everything that a mutex guards
// would look like a race. Under --config=tsan the linker sends each call here
// (ld --wrap=symbol: calls of `symbol` go to __wrap_symbol, and __real_symbol
// is the library's).
//
// A reader lock is taken for a writer lock: a race between two holders of one
// reader lock goes unseen.

#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/time.h>

// A member function is called like a function whose first parameter is `this`.
#define REAL(symbol) __asm__("__real__ZN4absl7debian3" symbol)
#define WRAP(symbol) __asm__("__wrap__ZN4absl7debian3" symbol)
#define REAL_CONST(symbol) __asm__("__real__ZNK4absl7debian3" symbol)
#define WRAP_CONST(symbol) __asm__("__wrap__ZNK4absl7debian3" symbol)

extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);

namespace slotlog {
namespace {

/// What a call that waits gives up before it and has again after it.
class Waiting {
 public:
  explicit Waiting(absl::Mutex* mutex) : mutex_(mutex) {
    __tsan_release(mutex_);
  }
  ~Waiting() { __tsan_acquire(mutex_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  absl::Mutex* mutex_;
};

}  // namespace

void RealLock(absl::Mutex*) REAL("5Mutex4LockEv");
void Lock(absl::Mutex*) WRAP("5Mutex4LockEv");
void Lock(absl::Mutex* mutex) {
  RealLock(mutex);
  __tsan_acquire(mutex);
}

void RealLockWhen(absl::Mutex*, const absl::Condition&)
    REAL("5Mutex8LockWhenERKNS0_9ConditionE");
void LockWhen(absl::Mutex*, const absl::Condition&)
    WRAP("5Mutex8LockWhenERKNS0_9ConditionE");
void LockWhen(absl::Mutex* mutex, const absl::Condition& condition) {
  RealLockWhen(mutex, condition);
  __tsan_acquire(mutex);
}

void RealUnlock(absl::Mutex*) REAL("5Mutex6UnlockEv");
void Unlock(absl::Mutex*) WRAP("5Mutex6UnlockEv");
void Unlock(absl::Mutex* mutex) {
  __tsan_release(mutex);
  RealUnlock(mutex);
}

bool RealTryLock(absl::Mutex*) REAL("5Mutex7TryLockEv");
bool TryLock(absl::Mutex*) WRAP("5Mutex7TryLockEv");
bool TryLock(absl::Mutex* mutex) {
  const bool locked = RealTryLock(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

void RealReaderLock(absl::Mutex*) REAL("5Mutex10ReaderLockEv");
void ReaderLock(absl::Mutex*) WRAP("5Mutex10ReaderLockEv");
void ReaderLock(absl::Mutex* mutex) {
  RealReaderLock(mutex);
  __tsan_acquire(mutex);
}

void RealReaderUnlock(absl::Mutex*) REAL("5Mutex12ReaderUnlockEv");
void ReaderUnlock(absl::Mutex*) WRAP("5Mutex12ReaderUnlockEv");
void ReaderUnlock(absl::Mutex* mutex) {
  __tsan_release(mutex);
  RealReaderUnlock(mutex);
}

void RealAwait(absl::Mutex*, const absl::Condition&)
    REAL("5Mutex5AwaitERKNS0_9ConditionE");
void Await(absl::Mutex*, const absl::Condition&)
    WRAP("5Mutex5AwaitERKNS0_9ConditionE");
void Await(absl::Mutex* mutex, const absl::Condition& condition) {
  const Waiting waiting(mutex);
  RealAwait(mutex, condition);
}

bool RealAwaitWithTimeout(absl::Mutex*, const absl::Condition&, absl::Duration)
    REAL("5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool AwaitWithTimeout(absl::Mutex*, const absl::Condition&, absl::Duration)
    WRAP("5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
bool AwaitWithTimeout(absl::Mutex* mutex, const absl::Condition& condition,
                      absl::Duration timeout) {
  const Waiting waiting(mutex);
  return RealAwaitWithTimeout(mutex, condition, timeout);
}

bool RealAwaitWithDeadline(absl::Mutex*, const absl::Condition&, absl::Time)
    REAL("5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
bool AwaitWithDeadline(absl::Mutex*, const absl::Condition&, absl::Time)
    WRAP("5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
bool AwaitWithDeadline(absl::Mutex* mutex, const absl::Condition& condition,
                       absl::Time deadline) {
  const Waiting waiting(mutex);
  return RealAwaitWithDeadline(mutex, condition, deadline);
}

void RealWait(absl::CondVar*, absl::Mutex*) REAL("7CondVar4WaitEPNS0_5MutexE");
void Wait(absl::CondVar*, absl::Mutex*) WRAP("7CondVar4WaitEPNS0_5MutexE");
void Wait(absl::CondVar* changed, absl::Mutex* mutex) {
  const Waiting waiting(mutex);
  RealWait(changed, mutex);
}

bool RealWaitWithTimeout(absl::CondVar*, absl::Mutex*, absl::Duration)
    REAL("7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
bool WaitWithTimeout(absl::CondVar*, absl::Mutex*, absl::Duration)
    WRAP("7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
bool WaitWithTimeout(absl::CondVar* changed, absl::Mutex* mutex,
                     absl::Duration timeout) {
  const Waiting waiting(mutex);
  return RealWaitWithTimeout(changed, mutex, timeout);
}

bool RealWaitWithDeadline(absl::CondVar*, absl::Mutex*, absl::Time)
    REAL("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
bool WaitWithDeadline(absl::CondVar*, absl::Mutex*, absl::Time)
    WRAP("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
bool WaitWithDeadline(absl::CondVar* changed, absl::Mutex* mutex,
                      absl::Time deadline) {
  const Waiting waiting(mutex);
  return RealWaitWithDeadline(changed, mutex, deadline);
}

void RealNotify(absl::Notification*) REAL("12Notification6NotifyEv");
void Notify(absl::Notification*) WRAP("12Notification6NotifyEv");
void Notify(absl::Notification* notification) {
  __tsan_release(notification);
  RealNotify(notification);
}

void RealWaitForNotification(const absl::Notification*)
    REAL_CONST("12Notification19WaitForNotificationEv");
void WaitForNotification(const absl::Notification*)
    WRAP_CONST("12Notification19WaitForNotificationEv");
void WaitForNotification(const absl::Notification* notification) {
  RealWaitForNotification(notification);
  __tsan_acquire(const_cast<absl::Notification*>(notification));
}

}  // namespace slotlog
