// Who may call, and what for: the callers that an operator has listed, each by
// the SHA-256 of a bearer token or by a client certificate.
//
// The file has one caller a line: its name, its roles, its credential, and
// perhaps a rate limit of its own. From # on, a line says nothing.
//
//   portal    citizen_portal    token-sha256:9f86d0...  per-second:5000
//   ops       operator,analyst  certificate-sha256:ab12...
//   planning  analyst           certificate-name:planning.example
//
// A caller may have several lines, one for each credential (so that a token can
// be replaced without a gap); they must agree on roles and limit. A token is
// random, not chosen: `openssl rand -hex 32`, and its hash is what `printf %s
// TOKEN | sha256sum` prints. Then the hash alone tells nobody the token.
//
// Threads: any. Replace swaps the whole list at once.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/caller.h"
#include "services/http/request.h"

namespace slotlog {

/// Lines of credentials: each is compared with what a request shows.
inline constexpr size_t kCredentialsMax = 1'000;
inline constexpr size_t kCallersFileBytesMax = 1024 * 1024;
inline constexpr size_t kCallerNameBytesMax = 64;
/// Longer tokens are unknown without a look.
inline constexpr size_t kTokenBytesMax = 512;
inline constexpr uint32_t kRequestsPerSecondMax = 10'000'000;

using Sha256 = std::array<unsigned char, 32>;
Sha256 Sha256Of(std::string_view bytes);

struct KnownCaller {
  http::Caller caller;
  /// 0: the common one.
  uint32_t requests_per_second = 0;
};

class CallerList {
 public:
  /// INVALID_ARGUMENT: what is wrong, and in which line of `text`.
  static absl::StatusOr<CallerList> Parse(std::string_view text);

  /// Every credential is compared, and each in constant time, so that the time
  /// taken tells nothing about a token. Null: nobody's.
  std::shared_ptr<const KnownCaller> FindByToken(std::string_view token) const;
  /// By the certificate that TLS has checked.
  std::shared_ptr<const KnownCaller> FindByCertificate(
      const http::Peer& peer) const;

  size_t size() const { return credentials_.size(); }

 private:
  enum class Kind { kToken, kCertificate, kCertificateName };
  struct Credential {
    Kind kind;
    /// Of the first two.
    Sha256 hash = {};
    std::string name;
    std::shared_ptr<const KnownCaller> caller;
  };
  absl::Status AddLine(std::string_view line);
  static absl::StatusOr<Credential> ParseCredential(std::string_view word);

  std::vector<Credential> credentials_;
};

class Callers {
 public:
  explicit Callers(CallerList list);

  void Replace(CallerList list);
  std::shared_ptr<const CallerList> list() const;

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const CallerList> list_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
