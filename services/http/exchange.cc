#include "services/http/exchange.h"

#include <utility>

#include "events/invariant.h"
#include "services/http/problem.h"

namespace slotlog::http {
namespace {

void AppendField(std::string& text, std::string_view name,
                 std::string_view value) {
  text.append(name).append(": ").append(value).push_back('\n');
}

}  // namespace

std::string ServerSentEvent(std::string_view id, std::string_view event,
                            std::string_view data) {
  std::string text;
  text.reserve(data.size() + id.size() + event.size() + 32);
  if (!id.empty()) AppendField(text, "id", id);
  if (!event.empty()) AppendField(text, "event", event);
  while (true) {
    const size_t end = data.find('\n');
    AppendField(text, "data", data.substr(0, end));
    if (end == data.npos) break;
    data.remove_prefix(end + 1);
  }
  text.push_back('\n');
  return text;
}

Exchange::~Exchange() {
  if (sink_ == nullptr) return;
  Answer(ProblemReply(request(), ProblemOf(absl::InternalError("dropped"))));
}

void Exchange::Answer(Reply reply) {
  INVARIANT(sink_ != nullptr, "answered once");
  std::exchange(sink_, nullptr)->SendReply(std::move(reply));
}

EventStream Exchange::Stream(Reply head) {
  INVARIANT(sink_ != nullptr, "answered once");
  auto sink = std::exchange(sink_, nullptr);
  sink->BeginStream(std::move(head));
  return EventStream(std::move(sink));
}

}  // namespace slotlog::http
