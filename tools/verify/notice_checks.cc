#include "tools/verify/notice_checks.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace slotlog::verify {
namespace {

/// What a notice is to say. Its texts are the event's.
struct News {
  std::string_view citizen_id;
  std::string_view campaign_id;
  std::string_view site_id;
  std::string_view slot_id;
  uint32_t seat;
  v1::NoticeKind kind;
  int64_t deadline_unix_ms = 0;
};

template <typename Body>
News NewsFrom(const Body& body, v1::NoticeKind kind) {
  return {body.citizen_id(),     body.campaign_id(), body.site_id(),
          body.slot_id(),        body.seat(),        kind,
          /*deadline_unix_ms=*/0};
}

News NewsFrom(const v1::Offered& offered) {
  News news = NewsFrom(offered, offered.deadline_unix_ms() == 0
                                    ? v1::NOTICE_KIND_NEXT_DOSE_BOOKED
                                    : v1::NOTICE_KIND_OFFERED);
  news.deadline_unix_ms = offered.deadline_unix_ms();
  return news;
}

/// None for an event that is no news.
std::optional<News> NewsOf(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kHoldExpired:
      return NewsFrom(event.hold_expired(), v1::NOTICE_KIND_HOLD_EXPIRED);
    case v1::Event::kSeatLost:
      return NewsFrom(event.seat_lost(), event.seat_lost().reason());
    case v1::Event::kFulfilled:
      return NewsFrom(event.fulfilled(), v1::NOTICE_KIND_FULFILLED);
    case v1::Event::kMissed:
      return NewsFrom(event.missed(), v1::NOTICE_KIND_MISSED);
    case v1::Event::kOffered:
      return NewsFrom(event.offered());
    case v1::Event::kOfferWithdrawn:
      if (event.offer_withdrawn().reason() == v1::NOTICE_KIND_UNSPECIFIED) {
        return std::nullopt;
      }
      return NewsFrom(event.offer_withdrawn(),
                      event.offer_withdrawn().reason());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kBooked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kCampaignChanged:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

/// The first field in which the notice says something else; "" if none.
std::string_view FindDifference(const News& news, const v1::Notice& notice) {
  if (notice.citizen_id() != news.citizen_id) return "citizen_id";
  if (notice.campaign_id() != news.campaign_id) return "campaign_id";
  if (notice.kind() != news.kind) return "kind";
  if (notice.site_id() != news.site_id) return "site_id";
  if (notice.slot_id() != news.slot_id) return "slot_id";
  if (notice.seat() != news.seat) return "seat";
  if (notice.deadline_unix_ms() != news.deadline_unix_ms) return "deadline";
  return "";
}

}  // namespace

void NoticeChecks::Check(const DecidedBatch& batch) {
  std::vector<bool> noticed(batch.batch->events_size(), false);
  for (const WrittenConfirmation& written : batch.confirmations) {
    if (written.record->has_notice()) CheckNotice(batch, written, noticed);
  }
  if (!batch.keeps_confirmations) return;
  for (size_t index = 0; index < noticed.size(); ++index) {
    const v1::Event& event = batch.batch->events(static_cast<int>(index));
    if (noticed[index] || !NewsOf(event).has_value()) continue;
    Violated(batch.PlaceOf(event), "no notice says so to the citizen");
  }
}

void NoticeChecks::CheckNotice(const DecidedBatch& batch,
                               const WrittenConfirmation& written,
                               std::vector<bool>& noticed) {
  const v1::Notice& notice = written.record->notice();
  const Place place{{Topic::kConfirmations, batch.shard}, written.offset, {}};
  const uint64_t index =
      notice.cause_sequence() - batch.batch->first_sequence();
  if (notice.cause_shard() != batch.shard.value || index >= noticed.size()) {
    return Violated(place,
                    fmt::format("it names event {} of shard {}, which "
                                "is not of the batch that counts it",
                                notice.cause_sequence(), notice.cause_shard()));
  }
  const std::optional<News> news =
      NewsOf(batch.batch->events(static_cast<int>(index)));
  if (!news.has_value() || noticed[index]) {
    return Violated(
        place,
        fmt::format("event {}, which it names, {}", notice.cause_sequence(),
                    news.has_value() ? "has a notice already" : "is no news"));
  }
  noticed[index] = true;
  findings_.Checked(Invariant::kOneAnswer);
  if (const auto field = FindDifference(*news, notice); !field.empty()) {
    Violated(place, fmt::format("its {} is not what event {} says", field,
                                notice.cause_sequence()));
  }
}

void NoticeChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kOneAnswer, place, std::move(what));
}

}  // namespace slotlog::verify
