// A request as a handler sees it. It belongs to its connection and stays as it
// is until the exchange is over (exchange.h): a handler that answers later may
// keep views of it until then, and no longer.
//
// Threads: read from any.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/http/caller.h"
#include "services/http/trace_context.h"

namespace slotlog::http {

enum class Method : uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kPatch,
  kDelete,
  kOptions,
  kOther,
};

/// "GET"; of kOther "".
std::string_view NameOf(Method method);
Method MethodNamed(std::string_view name);

/// Whoever is at the connection's other end.
struct Peer {
  /// "127.0.0.1".
  std::string address;
  /// With TLS, of the client's certificate if it showed one that was checked:
  /// the subject's common name, and SHA-256 of the whole in lower-case hex.
  std::string certificate_name = {};
  std::string certificate_sha256 = {};
};

class Request {
 public:
  Method method() const { return method_; }
  /// As sent, without the query.
  std::string_view path() const;
  /// Behind the question mark, as sent.
  std::string_view query() const;

  /// The header's value, by its name in any case; the first of several.
  std::optional<std::string_view> Header(std::string_view name) const;
  /// How often it stands there: what must be one thing must not be two.
  size_t CountOf(std::string_view name) const;

  /// A parameter of the route's path, decoded.
  /// REQUIRES: the route's pattern names it.
  std::string_view PathParameter(std::string_view name) const;
  /// The first parameter of the query with that name, decoded; none where it
  /// is missing or cannot be decoded.
  std::optional<std::string> QueryParameter(std::string_view name) const;

  std::string_view body() const { return body_; }
  const Peer& peer() const { return *peer_; }
  const TraceContext& trace() const { return trace_; }
  /// None: no guard asked.
  const std::shared_ptr<const Caller>& caller() const { return caller_; }
  void SetCaller(std::shared_ptr<const Caller> caller) {
    caller_ = std::move(caller);
  }

  /// Added to whatever is answered, as by Reply::Add: what a guard has to say
  /// to those whom it admits.
  void AddReplyHeader(std::string_view name, std::string_view value);
  std::string_view reply_headers() const { return reply_headers_; }

 private:
  friend class RequestBuilder;
  /// Of text_.
  struct Piece {
    uint32_t begin = 0;
    uint32_t size = 0;
  };
  struct HeaderPieces {
    Piece name;
    Piece value;
  };
  std::string_view TextOf(Piece piece) const {
    return std::string_view(text_).substr(piece.begin, piece.size);
  }

  Method method_ = Method::kGet;
  /// Target and headers, one behind the other.
  std::string text_;
  Piece path_;
  Piece query_;
  std::vector<HeaderPieces> headers_;
  /// Names are the route's own.
  std::vector<std::pair<std::string_view, std::string>> parameters_;
  std::string body_;
  std::shared_ptr<const Peer> peer_;
  TraceContext trace_;
  std::shared_ptr<const Caller> caller_;
  std::string reply_headers_;
};

/// Makes requests: for the server, and for tests of handlers' own code.
class RequestBuilder {
 public:
  /// Empties it and keeps its memory.
  RequestBuilder& Clear();
  RequestBuilder& SetMethod(Method method);
  RequestBuilder& SetTarget(std::string_view target);
  RequestBuilder& AddHeader(std::string_view name, std::string_view value);
  RequestBuilder& AddPathParameter(std::string_view name, std::string value);
  RequestBuilder& AppendBody(std::string_view bytes);
  RequestBuilder& SetPeer(std::shared_ptr<const Peer> peer);
  RequestBuilder& SetTrace(TraceContext trace);

  Request& request() { return request_; }
  const Request& request() const { return request_; }

 private:
  Request::Piece Append(std::string_view text);

  Request request_;
};

/// Decodes %41; in a query also + as a space. None: it ends too early, or its
/// digits are none.
std::optional<std::string> DecodePercent(std::string_view text,
                                         bool plus_is_space = false);

}  // namespace slotlog::http
