#include "tools/worker/worker_command.h"

#include <memory>
#include <utility>

#include "tools/worker/worker_process.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Decide the shards that Kafka's group gives";
constexpr char kFooter[] =
    R"(Start as many as you like, each with a --data of its own, and they share the
shards; SIGTERM or Ctrl-C lets one finish its batches and hand its shards on.
What stands in --data can be deleted while the worker is down: it is folded
again from the events. A full disk ends a worker, and the others go on.

Examples:
  slotlog topics create --kafka localhost:9092 --shards 4
  slotlog worker --kafka localhost:9092 --data /srv/slotlog
  slotlog worker --kafka localhost:9092 --data /srv/slotlog --standby \
    --snapshots /mnt/snapshots --metrics 127.0.0.1:9464

Exit codes: 0 stopped by a signal, 1 a shard is damaged, 2 it could not run.)";

}  // namespace

void AddWorkerCommand(CLI::App& app, int& exit_code, LogDecorator decorate) {
  CLI::App* command = app.add_subcommand("worker", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<WorkerFlags>();
  AddWorkerFlags(*command, *flags);
  command->callback([flags, &exit_code, decorate = std::move(decorate)] {
    exit_code = RunWorker(*flags, {.command = "worker", .decorate = decorate});
  });
}

}  // namespace slotlog
