#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    OneAnswer, ViolationTest,
    testing::Values(
        Violation{"AnswerIsMissing",
                  Change("kim is booked",
                         [](auto& t) {
                           t.confirmations.clear();
                           t.batch.set_confirmations_sent(
                               t.batch.confirmations_sent() - 1);
                         }),
                  "3 events/1 at 12, event 14: no confirmation says so to "
                  "command k2 (commands/1 at 2)"},
        Violation{
            "AnswerIsCountedAndNotThere",
            Change("kim is booked", [](auto& t) { t.confirmations.clear(); }),
            "3 events/1 at 12: it counts 6 confirmations; "
            "confirmations/1 ends with number 5"},
        Violation{"AnswerThatNoBatchCounts",
                  Change("kim is booked",
                         [](auto& t) {
                           t.confirmations.push_back(t.confirmations[0]);
                           t.confirmations[1].set_number(7);
                         }),
                  "3 confirmations/1 at 8: no batch of events counts this "
                  "record"},
        Violation{"TwoAnswersToOneCommand",
                  Change("kim is booked",
                         [](auto& t) {
                           t.confirmations.push_back(t.confirmations[0]);
                           t.confirmations[1].set_number(7);
                           t.batch.set_confirmations_sent(7);
                         }),
                  "3 confirmations/1 at 8: event 14, which it names, has a "
                  "confirmation already"},
        Violation{"NumbersHaveAGap",
                  Change("kim is booked",
                         [](auto& t) {
                           t.confirmations[0].set_number(7);
                           t.batch.set_confirmations_sent(7);
                         }),
                  "3 confirmations/1 at 7: confirmation 7 follows 5"},
        Violation{
            "AnotherOutcome",
            Confirmation("ann is booked",
                         [](auto& c) { c.set_outcome(v1::OUTCOME_REFUSED); }),
            "3 confirmations/0 at 2: its outcome is not what event 5 "
            "says"},
        Violation{"AnotherReason",
                  Confirmation("kim is refused",
                               [](auto& c) {
                                 c.set_refusal(v1::REFUSAL_SLOT_CLOSED);
                               }),
                  "3 confirmations/1 at 5: its refusal is not what event 9 "
                  "says"},
        Violation{"AnotherCitizen",
                  Confirmation("ann is booked",
                               [](auto& c) { c.set_citizen_id("eve"); }),
                  "3 confirmations/0 at 2: it answers a1 of citizen 'eve'; "
                  "commands/0 at 0 is another's"},
        Violation{"AnotherTime",
                  Confirmation("ann is booked",
                               [](auto& c) { c.set_decided_at_unix_ms(1); }),
                  "3 confirmations/0 at 2: its times are not those of event "
                  "5"},
        Violation{"AnswerNamesNoAnswer",
                  Confirmation("kim is booked",
                               [](auto& c) { c.set_citizen_sequence(13); }),
                  "3 confirmations/1 at 7: event 13, which it names, answers "
                  "nobody"},
        Violation{"AnswerToNoCommand",
                  [](HandmadeHistory& history) {
                    history.ChangeCommand(
                        "kim", [](auto& command) { command.mutable_tick(); });
                  },
                  "3 confirmations/1 at 5: it answers commands/1 at 0, where "
                  "no undecided command stands"},
        Violation{"CommandIsForgotten",
                  [](HandmadeHistory& history) {
                    history.ChangeCommand("tick", [](auto& command) {
                      command.set_citizen_id("yan");
                      command.mutable_book();
                    });
                  },
                  "3 commands/0 at 2: the command is neither answered nor does "
                  "it wait"},
        Violation{"GarbageWithoutADeadLetter",
                  Change("garbage is put aside",
                         [](auto& t) { t.dead_letters.clear(); }),
                  "3 events/1 at 8, event 10: the dead letter that it names is "
                  "missing"},
        Violation{"DeadLetterThatNoEventNames",
                  Change("garbage is put aside",
                         [](auto& t) {
                           t.dead_letters.push_back(t.dead_letters[0]);
                         }),
                  "3 dead-letters/1 at 1: no batch of events counts this "
                  "record"},
        Violation{"GarbageThatNoEventNames",
                  [](HandmadeHistory& history) {
                    history.ChangeBytes("yan",
                                        [](auto& bytes) { bytes = "\xff"; });
                  },
                  "3 commands/0 at 3: the bytes are no message, and no event "
                  "says so"},
        Violation{"RepeatsAnotherOutcome",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_outcome(
                              v1::OUTCOME_CANCELLED);
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen ann an answer that event 5 did not give"},
        Violation{"RepeatsAnotherReason",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_refusal(
                              v1::REFUSAL_SLOT_FULL);
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen ann an answer that event 5 did not give"},
        Violation{"RepeatsTheAnswerToAnotherCommand",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_command_id("a2");
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a2 of "
                  "citizen ann an answer that event 5 did not give"},
        Violation{"RepeatsTheAnswerToAnotherCitizen",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_citizen_id("yan");
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen yan an answer that event 5 did not give"},
        Violation{"RepeatsWhatWasNoAnswer",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_first_sequence(3);
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen ann an answer that event 3 did not give"},
        Violation{"RepeatsItself",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->set_first_sequence(10);
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen ann an answer that event 10 did not give"},
        Violation{"RepeatsNothing",
                  Event("ann is told again", 0,
                        [](auto& e) {
                          e.mutable_command_repeated()->clear_first_sequence();
                        }),
                  "3 events/0 at 14, event 10: it repeats to command a1 of "
                  "citizen ann an answer that event 0 did not give"},
        Violation{"TheSlotNeverAnswers",
                  [](HandmadeHistory& history) {
                    history.ChangeTransaction("ann's seat", [](auto& t) {
                      t.messages.clear();
                      t.batch.set_messages_sent(0,
                                                t.batch.messages_sent(0) - 1);
                    });
                    history.EndAfter("ann's seat");
                  },
                  "3 events/0 at 4, event 3: the conversation that it opened "
                  "has no answer"},
        Violation{"ParkedAndForgotten",
                  Event("ann is booked", 1, [](auto& e) { e.clear_body(); }),
                  "3 commands/0 at 1: the command waits, and no conversation "
                  "of its citizen is open"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    SeatsMatchClaims, ViolationTest,
    testing::Values(
        Violation{"SeatWithoutAClaim",
                  Event("kim is refused", 1,
                        [](auto& e) {
                          auto& taken = *e.mutable_seat_taken();
                          taken.set_citizen_id("yan");
                          taken.set_campaign_id("summer");
                          taken.set_site_id("hall");
                          taken.set_slot_id("early");
                          taken.set_seat(3);
                        }),
                  "4 events/1 at 6, event 8: the seat that it changed last has "
                  "no claim"},
        Violation{"TwoSeatsOfOneTurn",
                  [](HandmadeHistory& history) {
                    Event("kim is refused", 1, [](auto& e) {
                      auto& taken = *e.mutable_seat_taken();
                      taken.set_citizen_id("ann");
                      taken.set_campaign_id("summer");
                      taken.set_site_id("hall");
                      taken.set_slot_id("early");
                      taken.set_turn(1);
                      taken.set_seat(2);
                    })(history);
                    history.EndAfter("kim is refused");
                  },
                  "4 events/1 at 6, event 8: the seat that it changed last has "
                  "no claim"},
        Violation{"ClaimWithoutASeat",
                  Event("kim is booked", 1, [](auto& e) { e.clear_body(); }),
                  "4 events/1 at 12, event 14: the claim that it changed last "
                  "has no seat"},
        Violation{
            "SeatOfAnotherTurn",
            Event("kim is booked", 1,
                  [](auto& e) { e.mutable_seat_taken()->set_turn(1); }),
            "4 events/1 at 12, event 13: the seat that it changed last has "
            "no claim"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Contiguous, ViolationTest,
    testing::Values(
        Violation{
            "SequenceGap",
            Event("kim is refused", 2, [](auto& e) { e.set_sequence(99); }),
            "5 events/1 at 6, event 99: the event stands where 9 is "
            "next"},
        Violation{"FirstSequenceGap",
                  Change("kim is refused",
                         [](auto& t) { t.batch.set_first_sequence(8); }),
                  "5 events/1 at 6: first_sequence is 8, 7 is next"},
        Violation{
            "BatchNumberGap",
            Change("kim is refused", [](auto& t) { t.batch.set_number(9); }),
            "5 events/1 at 6: batch 9 follows batch 3"},
        Violation{"BrokenChain",
                  Change("kim is refused",
                         [](auto& t) {
                           t.batch.set_previous_digest(std::string(16, '\0'));
                         }),
                  "5 events/1 at 6: previous_digest is not the digest"},
        Violation{"FencedOwner",
                  [](HandmadeHistory& history) {
                    history.ChangeTransaction(
                        "ann asks", [](auto& t) { t.batch.set_epoch(2); });
                  },
                  "5 events/0 at 6: epoch 1 follows epoch 2"},
        Violation{
            "AnotherShardsBatch",
            Change("kim is refused", [](auto& t) { t.batch.set_shards(3); }),
            "5 events/1 at 6: the batch counts 3 shards, the log 2"},
        Violation{"UnknownEvent",
                  Event("kim is refused", 1, [](auto& e) { e.clear_body(); }),
                  "5 events/1 at 6, event 8: the event is of a kind that this "
                  "program does not know"},
        Violation{"LineTimeIsNoStamp",
                  Change("kim is refused",
                         [](auto& t) {
                           t.batch.set_now_unix_ms(t.batch.now_unix_ms() - 1);
                         }),
                  "5 events/1 at 6: the line's time is 1626080519999 ms, the "
                  "greatest stamp decided 1626080520000 ms"},
        Violation{"DecidedBeforeTheStamp",
                  Change("kim is refused",
                         [](auto& t) {
                           t.batch.set_decided_at_unix_ms(
                               t.batch.now_unix_ms() - 1);
                         }),
                  "5 events/1 at 6: decided at 1626080519999 ms, before the "
                  "stamp"},
        Violation{"DecidedAtGoesBack",
                  Change("ann's seat",
                         [](auto& t) { t.batch.set_decided_at_unix_ms(1); }),
                  "5 events/1 at 4: decided_at went back from"},
        Violation{"CommandIsSkipped",
                  [](HandmadeHistory& history) {
                    history.ChangeTransaction("ann asks", [](auto& t) {
                      t.batch.mutable_inputs()->RemoveLast();
                      t.batch.mutable_events()->RemoveLast();
                    });
                  },
                  "5 commands/0 at 1: skipped: events/0 at 8"},
        Violation{
            "CommandIsDecidedTwice",
            Change("kim is booked",
                   [](auto& t) { t.batch.mutable_inputs(0)->set_offset(1); }),
            "5 events/1 at 12: it decided commands/1 from 1 on; 2 is "
            "next"},
        Violation{
            "CommandThatIsNotThere",
            Change("kim is booked",
                   [](auto& t) { t.batch.mutable_inputs(0)->set_count(3); }),
            "5 events/1 at 12: it decided 3 records of commands/1 from 2 "
            "on; the log ends 2 earlier"},
        Violation{
            "CauseIsElsewhere",
            Event("kim is refused", 1, [](auto& e) { e.set_cause_offset(7); }),
            "5 events/1 at 6, event 8: its cause, commands at 7 (index "
            "0), is neither"},
        Violation{"MessageNumbersHaveAGap",
                  Change("ann asks",
                         [](auto& t) { t.messages[1].set_first_number(3); }),
                  "5 internal/1 at 2: message 3 of shard 0 follows message 1"},
        Violation{"MessageIsLost",
                  [](HandmadeHistory& history) {
                    history.ChangeTransaction(
                        "ann asks", [](auto& t) { t.messages.clear(); });
                    history.EndAfter("ann asks");
                  },
                  "5 events/0 at 4: shard 0 counts 2 messages sent to shard 1; "
                  "internal/1 holds 1"},
        Violation{"MessageThatNobodySent",
                  [](HandmadeHistory& history) {
                    history.ChangeTransaction("ann asks", [](auto& t) {
                      t.batch.set_messages_sent(1, 1);
                    });
                    history.EndAfter("ann's seat");
                  },
                  "5 events/0 at 4: shard 0 counts 1 messages sent to shard 1; "
                  "internal/1 holds 2"},
        Violation{"MessageIsNotCounted",
                  Change("ann's seat",
                         [](auto& t) { t.batch.set_messages_received(0, 1); }),
                  "5 events/1 at 4: it counts 1 messages received from shard "
                  "0; decided are 2"},
        Violation{
            "MessageForAnotherShard",
            Change("ann asks",
                   [](auto& t) { t.messages[1].set_destination_shard(0); }),
            "5 internal/1 at 2: the record is for shard 0"}),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
