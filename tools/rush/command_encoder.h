// A wish as the command that an API layer would send for that person. The same
// wish always becomes the same bytes, as a command sent again must. One thread.

#pragma once

#include <string>

#include "events/ids.h"
#include "slotlog/v1/commands.pb.h"
#include "tools/rush/places.h"
#include "tools/rush/population.h"
#include "tools/rush/publisher.h"

namespace slotlog {

class CommandEncoder {
 public:
  /// Population and places must outlive the encoder.
  CommandEncoder(const Scenario& scenario, const Population& population,
                 const Places& places, ShardCount shards);

  /// Adds the command to a batch that is not full.
  void Add(const Wish& wish, CommandBatch& batch);

 private:
  const Population& population_;
  const Places& places_;
  const ShardCount shards_;
  const std::string campaign_id_;
  const std::string next_campaign_id_;
  v1::Command& FillIn(const Wish& wish);
  /// A Book or a Hold.
  template <typename SeatWish>
  void FillIn(const Wish& wish, SeatWish& seat_wish) const;

  /// Used again and again: their texts keep their memory.
  v1::Command book_;
  v1::Command hold_;
  v1::Command confirm_;
  v1::Command cancel_;
};

}  // namespace slotlog
