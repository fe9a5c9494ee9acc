// What the log holds of an earlier start of the same rehearsal: which commands
// and operations were published, and what was answered. Reading it makes the
// people and the tally what they were, so that the rehearsal goes on where it
// ended, however it ended.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>

#include "events/log/log.h"
#include "tools/rush/confirmation_reader.h"
#include "tools/rush/places.h"
#include "tools/rush/population.h"
#include "tools/rush/tally.h"

namespace slotlog {

struct History {
  /// From the first command's stamp to the last one's of command or
  /// confirmation, pauses included; zero where no command stands.
  absl::Duration elapsed;
  /// When the campaign's first round opens; none: it is not defined yet.
  std::optional<absl::Time> first_opening;
};

/// Reads all of it. Workers may go on deciding meanwhile: what they answer
/// after the start is left for the reader's next ReadSome.
///
/// REQUIRES: nobody publishes meanwhile; population and tally are new.
/// DATA_LOSS: the log is damaged, or holds something else than this rehearsal.
/// UNAVAILABLE: it does not give what it holds.
absl::StatusOr<History> ReadHistory(Log& log, const Places& places,
                                    ConfirmationReader& confirmations,
                                    Population& population, Tally& tally);

/// Only which operations the log holds; `tally` may know some of them. When the
/// campaign's first round opens, if it is defined.
absl::StatusOr<std::optional<absl::Time>> ReadOperations(Log& log,
                                                         const Places& places,
                                                         Tally& tally);

}  // namespace slotlog
