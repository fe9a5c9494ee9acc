#include "events/log/kafka/handles.h"

#include <fmt/format.h>

namespace slotlog::kafka {
namespace {

/// Most of Kafka's errors are gone after a while, so that is what an error is
/// unless it stands here.
absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
      error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
      error == RD_KAFKA_RESP_ERR__INVALID_ARG) {
    return absl::StatusCode::kInvalidArgument;
  }
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
      error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
      error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
    return absl::StatusCode::kNotFound;
  }
  if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
      error == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
      error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
      error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
      error == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
    return absl::StatusCode::kPermissionDenied;
  }
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return absl::StatusCode::kAlreadyExists;
  }
  return absl::StatusCode::kUnavailable;
}

}  // namespace

absl::Status StatusOf(rd_kafka_resp_err_t error, std::string_view what,
                      std::string_view detail) {
  std::string text = fmt::format("{}: {}", what, rd_kafka_err2str(error));
  if (!detail.empty() && detail != rd_kafka_err2str(error)) {
    text += fmt::format(" ({})", detail);
  }
  return absl::Status(CodeOf(error), text);
}

rd_kafka_resp_err_t FatalErrorOf(rd_kafka_t* client) {
  return rd_kafka_fatal_error(client, nullptr, 0);
}

bool IsFenced(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__FENCED ||
         error == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         error == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

}  // namespace slotlog::kafka
