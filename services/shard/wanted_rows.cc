#include "services/shard/wanted_rows.h"

#include <algorithm>

#include "events/partitioner.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

bool AreBounded(std::initializer_list<std::string_view> ids) {
  return std::all_of(ids.begin(), ids.end(), [](std::string_view id) {
    return id.size() <= kIdBytesMax;
  });
}

void WantRowsOf(const v1::Command& command, CachedState& state) {
  const v1::Book& book = command.book();
  if (!AreBounded({command.citizen_id(), book.site_id(), book.slot_id()})) {
    return;  // it will be refused
  }
  state.Want(RowKey::Of(CitizenId{command.citizen_id()}));
  const Head& head = state.head();
  if (command.has_book() &&
      ShardOf(book.site_id(), head.shards) == head.shard) {
    state.Want(RowKey::Of(SiteId{book.site_id()}, SlotId{book.slot_id()}));
  }
}

void WantRowsOf(const v1::ReleaseRequest& request, CachedState& state) {
  const SiteId site{request.site_id()};
  const SlotId slot{request.slot_id()};
  state.Want(RowKey::Of(site, slot));
  state.Want(RowKey::Of(site, slot, CampaignId{request.campaign_id()},
                        CitizenId{request.citizen_id()}));
}

void WantRowsOf(const v1::Message& message, CachedState& state) {
  switch (message.body_case()) {
    case v1::Message::kSeatRequest:
      return state.Want(RowKey::Of(SiteId{message.seat_request().site_id()},
                                   SlotId{message.seat_request().slot_id()}));
    case v1::Message::kReleaseRequest:
      return WantRowsOf(message.release_request(), state);
    case v1::Message::kSeatAnswer:
      return state.Want(
          RowKey::Of(CitizenId{message.seat_answer().citizen_id()}));
    case v1::Message::kReleaseAnswer:
      return state.Want(
          RowKey::Of(CitizenId{message.release_answer().citizen_id()}));
    case v1::Message::kCampaignAnnouncement:
    case v1::Message::kCampaignAdoption:
    case v1::Message::BODY_NOT_SET:
      return;  // seldom: not worth a read ahead
  }
}

}  // namespace

void WantRows(const Input& input, CachedState& state) {
  if (const auto* command = std::get_if<const v1::Command*>(&input.body)) {
    return WantRowsOf(**command, state);
  }
  if (const auto* from = std::get_if<MessageFrom>(&input.body)) {
    WantRowsOf(*from->message, state);
  }
}

}  // namespace slotlog
