#include "services/reservation/story_campaign.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include "events/invariant.h"

namespace slotlog {
namespace {

StoryWords Split(const std::string& text, char at) {
  return absl::StrSplit(text, at);
}

uint32_t NaturalOf(const std::string& digits) {
  return static_cast<uint32_t>(StoryNumberOf(digits));
}

/// `NAME:VALUE` or `NAME=VALUE`.
struct Pair {
  std::string name;
  std::string value;
};

Pair PairOf(const std::string& text, char at) {
  const std::vector<std::string> sides =
      absl::StrSplit(text, absl::MaxSplits(at, 1));
  INVARIANT(sides.size() == 2, "a story's pair has a name and a value");
  return {sides[0], sides[1]};
}

/// `FROM-TO[,region:A|B][,list:A|B][,dose:N][,days:N][,rank:N]`.
void SetCohort(const std::string& text, v1::Cohort& cohort) {
  const StoryWords parts = Split(text, ',');
  const StoryWords born = Split(parts[0], '-');
  cohort.set_born_from_yyyymmdd(NaturalOf(born[0]));
  cohort.set_born_to_yyyymmdd(NaturalOf(born[1]));
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto [name, value] = PairOf(parts[i], ':');
    if (name == "region") {
      for (auto& region : Split(value, '|')) cohort.add_regions(region);
    } else if (name == "list") {
      for (auto& list : Split(value, '|')) cohort.add_priority_lists(list);
    } else if (name == "dose") {
      cohort.set_dose(NaturalOf(value));
    } else if (name == "days") {
      cohort.set_days_since_last_dose_min(NaturalOf(value));
    } else {
      INVARIANT(name == "rank", "a story's cohort has no such field");
      cohort.set_rank(NaturalOf(value));
    }
  }
}

/// `TIME-TIME[,digits:A|B][,cohorts:A|B][,share:N][,words:LOCAL]`.
void SetRound(const std::string& text, v1::Round& round) {
  const StoryWords parts = Split(text, ',');
  const StoryInterval open = StoryIntervalOf(parts[0]);
  round.set_opens_unix_ms(open.from_unix_ms);
  round.set_closes_unix_ms(open.to_unix_ms);
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto [name, value] = PairOf(parts[i], ':');
    if (name == "digits") {
      for (auto& digit : Split(value, '|')) {
        round.add_birth_day_digits(NaturalOf(digit));
      }
    } else if (name == "cohorts") {
      for (auto& cohort : Split(value, '|')) {
        round.add_cohorts(NaturalOf(cohort));
      }
    } else if (name == "share") {
      round.set_capacity_share_permille(NaturalOf(value));
    } else {
      INVARIANT(name == "words", "a story's round has no such field");
      round.set_opens_local(value);
    }
  }
}

/// `CAMPAIGN,DAYS,offered|booked`.
void SetNext(const std::string& text, v1::NextDose& next) {
  const StoryWords parts = Split(text, ',');
  next.set_campaign_id(parts[0]);
  next.set_days_after(NaturalOf(parts[1]));
  next.set_by(parts[2] == "booked" ? v1::NEXT_DOSE_BY_BOOKED
                                   : v1::NEXT_DOSE_BY_OFFERED);
}

void SetField(const Pair& pair, v1::Campaign& campaign) {
  const auto& [name, value] = pair;
  if (name == "cohort") {
    SetCohort(value, *campaign.add_cohorts());
  } else if (name == "round") {
    SetRound(value, *campaign.add_rounds());
  } else if (name == "next") {
    SetNext(value, *campaign.mutable_next());
  } else if (name == "zone") {
    campaign.set_time_zone(value);
  } else if (name == "offset") {
    campaign.set_utc_offset_minutes(StoryNumberOf(value));
  } else if (name == "dose") {
    campaign.set_dose(NaturalOf(value));
  } else if (name == "hold") {
    campaign.set_hold_seconds(NaturalOf(value));
  } else if (name == "second") {
    campaign.set_second_hold(value == "replaces" ? v1::SECOND_HOLD_REPLACES
                                                 : v1::SECOND_HOLD_REFUSED);
  } else if (name == "offer") {
    campaign.set_offer_seconds(NaturalOf(value));
  } else if (name == "chances") {
    campaign.set_chances(NaturalOf(value));
  } else {
    INVARIANT(name == "daily", "a story's campaign has no such field");
    campaign.set_seats_per_site_and_day(NaturalOf(value));
  }
}

}  // namespace

int32_t StoryNumberOf(const std::string& digits) {
  int32_t number = 0;
  INVARIANT(absl::SimpleAtoi(digits, &number), "a story's number is digits");
  return number;
}

absl::Time StoryTimeOf(const std::string& text) {
  const StoryWords parts = Split(text, '+');
  std::string clock = parts[0];
  if (clock.find('T') == std::string::npos) clock = "0712T" + clock;
  if (clock.find('T') == 4) clock = "2021" + clock;
  if (Split(clock, ':').size() == 2) clock += ":00";
  const std::string zone = parts.size() == 1 ? "Z" : "+" + parts[1] + ":00";
  const std::string said =
      fmt::format("{}-{}-{}{}", clock.substr(0, 4), clock.substr(4, 2),
                  clock.substr(6), zone);
  absl::Time time;
  std::string error;
  INVARIANT(absl::ParseTime(absl::RFC3339_full, said, &time, &error),
            "a story's time is [[YYYY]MMDDT]HH:MM[:SS[.mmm]][+HH]");
  return time;
}

StoryInterval StoryIntervalOf(const std::string& text) {
  const StoryWords ends = Split(text, '-');
  INVARIANT(ends.size() == 2, "a story's interval is TIME-TIME");
  return {absl::ToUnixMillis(StoryTimeOf(ends[0])),
          absl::ToUnixMillis(StoryTimeOf(ends[1]))};
}

void SetStoryProfile(const std::string& text, v1::Profile& profile) {
  const StoryWords parts = Split(text, ',');
  profile.set_birth_date_yyyymmdd(NaturalOf(parts[0]));
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto [name, value] = PairOf(parts[i], '=');
    if (name == "region") {
      profile.set_region(value);
    } else if (name == "list") {
      for (auto& list : Split(value, '|')) profile.add_priority_lists(list);
    } else if (name == "doses") {
      profile.set_doses(NaturalOf(value));
    } else {
      INVARIANT(name == "last", "a story's citizen has no such field");
      profile.set_last_dose_yyyymmdd(NaturalOf(value));
    }
  }
}

v1::Campaign StoryCampaignOf(const std::string& campaign_id,
                             const StoryWords& words, size_t first) {
  v1::Campaign campaign;
  campaign.set_campaign_id(campaign_id);
  if (words[first].find('=') == std::string::npos) {
    SetCohort(words[first] + "-" + words[first + 1], *campaign.add_cohorts());
    SetRound(words[first + 2], *campaign.add_rounds());
    first += 3;
  }
  for (size_t i = first; i < words.size(); ++i) {
    SetField(PairOf(words[i], '='), campaign);
  }
  return campaign;
}

}  // namespace slotlog
