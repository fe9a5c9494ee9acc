#include "services/gateway/callers.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace slotlog {
namespace {

using http::Role;

absl::Status Wrong(std::string text) {
  return absl::InvalidArgumentError(text);
}

std::vector<std::string_view> WordsOf(std::string_view line,
                                      std::string_view separators) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = line.find_first_not_of(separators);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const size_t end = std::min(line.find_first_of(separators), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<Role> RoleNamed(std::string_view name) {
  if (name == "citizen_portal") return Role::kCitizenPortal;
  if (name == "operator") return Role::kOperator;
  if (name == "analyst") return Role::kAnalyst;
  return std::nullopt;
}

absl::StatusOr<uint8_t> ParseRoles(std::string_view word) {
  uint8_t roles = 0;
  for (const std::string_view name : WordsOf(word, ",")) {
    const auto role = RoleNamed(name);
    if (!role.has_value()) {
      return Wrong(
          fmt::format("'{}' is no role: citizen_portal, operator or "
                      "analyst, with commas between",
                      name));
    }
    roles |= static_cast<uint8_t>(*role);
  }
  if (roles == 0) return Wrong("no role: who has none may do nothing");
  return roles;
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

absl::StatusOr<Sha256> ParseHash(std::string_view hex) {
  Sha256 hash;
  if (hex.size() != 2 * hash.size()) {
    return Wrong("a SHA-256 has 64 hexadecimal digits");
  }
  for (size_t i = 0; i < hash.size(); ++i) {
    const int high = DigitOf(hex[2 * i]);
    const int low = DigitOf(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return Wrong("a SHA-256 has lower-case hexadecimal digits");
    }
    hash[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return hash;
}

std::optional<std::string_view> After(std::string_view word,
                                      std::string_view prefix) {
  if (!word.starts_with(prefix)) return std::nullopt;
  return word.substr(prefix.size());
}

absl::StatusOr<uint32_t> ParseLimit(std::string_view word) {
  const auto digits = After(word, "per-second:");
  uint32_t limit = 0;
  if (digits.has_value()) {
    const char* end = digits->data() + digits->size();
    const auto read = std::from_chars(digits->data(), end, limit);
    if (read.ec == std::errc() && read.ptr == end && limit > 0 &&
        limit <= kRequestsPerSecondMax) {
      return limit;
    }
  }
  return Wrong(fmt::format("'{}' is no limit: per-second:N, N from 1 to {}",
                           word, kRequestsPerSecondMax));
}

}  // namespace

Sha256 Sha256Of(std::string_view bytes) {
  Sha256 hash;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         hash.data());
  return hash;
}

absl::StatusOr<CallerList::Credential> CallerList::ParseCredential(
    std::string_view word) {
  Credential credential;
  if (const auto name = After(word, "certificate-name:")) {
    if (name->empty()) return Wrong("a certificate's name is missing");
    credential.kind = Kind::kCertificateName;
    credential.name = *name;
    return credential;
  }
  auto hex = After(word, "token-sha256:");
  credential.kind = Kind::kToken;
  if (!hex.has_value()) {
    hex = After(word, "certificate-sha256:");
    credential.kind = Kind::kCertificate;
  }
  if (!hex.has_value()) {
    return Wrong(
        "no credential: token-sha256:HEX, certificate-sha256:HEX or "
        "certificate-name:NAME");
  }
  auto hash = ParseHash(*hex);
  if (!hash.ok()) return hash.status();
  credential.hash = *hash;
  return credential;
}

absl::Status CallerList::AddLine(std::string_view line) {
  const auto words = WordsOf(line.substr(0, line.find('#')), " \t\r");
  if (words.empty()) return absl::OkStatus();
  if (words.size() < 3 || words.size() > 4) {
    return Wrong("a name, roles, a credential and perhaps a limit are due");
  }
  if (words[0].size() > kCallerNameBytesMax) {
    return Wrong(
        fmt::format("a name has {} bytes at the most", kCallerNameBytesMax));
  }
  if (credentials_.size() >= kCredentialsMax) {
    return Wrong(fmt::format("more than {} credentials", kCredentialsMax));
  }
  const auto roles = ParseRoles(words[1]);
  if (!roles.ok()) return roles.status();
  auto credential = ParseCredential(words[2]);
  if (!credential.ok()) return credential.status();
  uint32_t limit = 0;
  if (words.size() == 4) {
    const auto parsed = ParseLimit(words[3]);
    if (!parsed.ok()) return parsed.status();
    limit = *parsed;
  }
  for (const Credential& other : credentials_) {
    const KnownCaller& known = *other.caller;
    if (other.kind == credential->kind && other.hash == credential->hash &&
        other.name == credential->name) {
      return Wrong(
          fmt::format("the credential is {}'s already", known.caller.name));
    }
    if (known.caller.name != words[0]) continue;
    if (known.caller.roles != *roles || known.requests_per_second != limit) {
      return Wrong(
          fmt::format("{} has other roles or another limit above", words[0]));
    }
    credential->caller = other.caller;
  }
  if (credential->caller == nullptr) {
    credential->caller = std::make_shared<const KnownCaller>(
        KnownCaller{.caller = {.name = std::string(words[0]), .roles = *roles},
                    .requests_per_second = limit});
  }
  credentials_.push_back(*std::move(credential));
  return absl::OkStatus();
}

absl::StatusOr<CallerList> CallerList::Parse(std::string_view text) {
  if (text.size() > kCallersFileBytesMax) {
    return Wrong(fmt::format("more than {} bytes", kCallersFileBytesMax));
  }
  CallerList list;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (auto status = list.AddLine(text.substr(0, end)); !status.ok()) {
      const absl::string_view why = status.message();
      return Wrong(fmt::format("line {}: {}", number,
                               std::string_view(why.data(), why.size())));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (list.credentials_.empty()) return Wrong("nobody stands in it");
  return list;
}

std::shared_ptr<const KnownCaller> CallerList::FindByToken(
    std::string_view token) const {
  if (token.empty() || token.size() > kTokenBytesMax) return nullptr;
  const Sha256 hash = Sha256Of(token);
  const Credential* found = nullptr;
  for (const Credential& credential : credentials_) {
    const bool is_same =
        CRYPTO_memcmp(hash.data(), credential.hash.data(), hash.size()) == 0;
    if (is_same && credential.kind == Kind::kToken) found = &credential;
  }
  return found == nullptr ? nullptr : found->caller;
}

std::shared_ptr<const KnownCaller> CallerList::FindByCertificate(
    const http::Peer& peer) const {
  if (peer.certificate_sha256.empty()) return nullptr;
  const auto hash = ParseHash(peer.certificate_sha256);
  for (const Credential& credential : credentials_) {
    switch (credential.kind) {
      case Kind::kToken:
        break;
      case Kind::kCertificate:
        if (hash.ok() && credential.hash == *hash) return credential.caller;
        break;
      case Kind::kCertificateName:
        if (credential.name == peer.certificate_name) return credential.caller;
        break;
    }
  }
  return nullptr;
}

Callers::Callers(CallerList list)
    : list_(std::make_shared<const CallerList>(std::move(list))) {}

void Callers::Replace(CallerList list) {
  auto replacement = std::make_shared<const CallerList>(std::move(list));
  const absl::MutexLock lock(&mutex_);
  list_ = std::move(replacement);
}

std::shared_ptr<const CallerList> Callers::list() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return list_;
}

}  // namespace slotlog
