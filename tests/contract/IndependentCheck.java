// A caller that has nothing of ours but the .proto files: Kafka's own Java
// client with its default partitioner, and what protoc makes of the contract.
//
//   IndependentCheck BROKERS PREFIX
//
// It sets a day up, books, and reads the answers that are committed. While it
// does so it writes a forged answer in a transaction that it aborts. Every
// operation and every command must have exactly one answer, each key must be at
// home where the client sent it, and nobody may see what was aborted. The topics
// are there, hold nothing yet, and somebody decides. Exits with 1 and says what
// is wrong, or with 0.

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import slotlog.v1.Commands.Book;
import slotlog.v1.Commands.Command;
import slotlog.v1.Commands.Profile;
import slotlog.v1.Confirmations.Confirmation;
import slotlog.v1.Confirmations.ConfirmationRecord;
import slotlog.v1.Confirmations.Outcome;
import slotlog.v1.Confirmations.Refusal;
import slotlog.v1.Confirmations.Topic;
import slotlog.v1.Operations.Campaign;
import slotlog.v1.Operations.Cohort;
import slotlog.v1.Operations.DefineCampaign;
import slotlog.v1.Operations.DefineSite;
import slotlog.v1.Operations.OpenSlots;
import slotlog.v1.Operations.Operation;
import slotlog.v1.Operations.Round;
import slotlog.v1.Operations.Slot;

public final class IndependentCheck {
  private static final int SITES = 8;
  private static final int CITIZENS = 400;
  private static final String CAMPAIGN = "independent";
  private static final String GHOST = "ghost";
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Where a record stands: what its answer names. */
  private record Ticket(Topic topic, int partition, long offset) {}

  /** A command or operation that was sent: its ids, and what it is answered. */
  private record Sent(String citizen, String id, Outcome outcome, Refusal refusal) {}

  /** A record read from `confirmations`. */
  private record Answer(int partition, ConfirmationRecord record) {}

  private final String brokers;
  private final String prefix;
  private final Map<Ticket, Sent> sent = new HashMap<>();
  private final List<Answer> answers = new ArrayList<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> committed;
  private int wrong = 0;

  private IndependentCheck(String brokers, String prefix) {
    this.brokers = brokers;
    this.prefix = prefix;
    producer = new KafkaProducer<>(producerSettings());
    committed = openConfirmations("read_committed");
  }

  public static void main(String[] arguments) throws Exception {
    System.exit(new IndependentCheck(arguments[0], arguments[1]).run());
  }

  private int run() throws Exception {
    setUp();
    awaitAnswers();
    book(0, CITIZENS / 2);
    writeAbortedAnswer();
    book(CITIZENS / 2, CITIZENS);
    sendOneAgain();
    sendToWrongPartition();
    awaitAnswers();

    checkAnswers();
    checkNumbers();
    checkAbortedIsUnseen();
    System.out.printf(
        "%d operations and commands, %d answers on %d partitions, %d wrong%n",
        sent.size(), answers.size(), committed.assignment().size(), wrong);
    return wrong == 0 ? 0 : 1;
  }

  // --- What it sends ---

  private void setUp() throws Exception {
    long now = System.currentTimeMillis();
    long tomorrow = now + Duration.ofDays(1).toMillis();
    for (int site = 0; site < SITES; ++site) {
      String id = site(site);
      send(
          id,
          Operation.newBuilder()
              .setOperationId("site-" + site)
              .setDefineSite(
                  DefineSite.newBuilder().setSiteId(id).setName(id).setRegion("11")));
      send(
          id,
          Operation.newBuilder()
              .setOperationId("slots-" + site)
              .setOpenSlots(
                  OpenSlots.newBuilder()
                      .setSiteId(id)
                      .addSlots(
                          Slot.newBuilder()
                              .setSlotId("am")
                              .setStartUnixMs(tomorrow)
                              .setEndUnixMs(tomorrow + 3_600_000)
                              .setCapacity(CITIZENS))));
    }
    Campaign.Builder campaign =
        Campaign.newBuilder()
            .setCampaignId(CAMPAIGN)
            .addCohorts(
                Cohort.newBuilder()
                    .setBornFromYyyymmdd(19000101)
                    .setBornToYyyymmdd(20101231))
            .addRounds(
                Round.newBuilder().setOpensUnixMs(1).setClosesUnixMs(tomorrow));
    send(
        CAMPAIGN,
        Operation.newBuilder()
            .setOperationId("campaign")
            .setDefineCampaign(DefineCampaign.newBuilder().setCampaign(campaign)));
  }

  private static String site(int number) {
    return "site-" + number;
  }

  /** Keys of many lengths, as murmur2 reads four bytes at a time, not all ASCII. */
  private static String citizen(int number) {
    return "c".repeat(number % 9) + (number % 5 == 0 ? "é한" : "") + number;
  }

  private static Command.Builder bookingOf(int number) {
    return Command.newBuilder()
        .setCommandId("book-1")
        .setCitizenId(citizen(number))
        .setProfile(Profile.newBuilder().setBirthDateYyyymmdd(19620712))
        .setBook(
            Book.newBuilder()
                .setCampaignId(CAMPAIGN)
                .setSiteId(site(number % SITES))
                .setSlotId("am"));
  }

  private void send(String key, Operation.Builder operation) throws Exception {
    RecordMetadata there =
        producer.send(record("operations", key, operation.build().toByteArray())).get();
    sent.put(
        new Ticket(Topic.TOPIC_OPERATIONS, there.partition(), there.offset()),
        new Sent(
            "",
            operation.getOperationId(),
            Outcome.OUTCOME_DONE,
            Refusal.REFUSAL_UNSPECIFIED));
  }

  private void book(int from, int to) throws Exception {
    Map<Integer, Future<RecordMetadata>> acknowledged = new HashMap<>();
    for (int number = from; number < to; ++number) {
      acknowledged.put(
          number,
          producer.send(
              record(
                  "commands", citizen(number), bookingOf(number).build().toByteArray())));
    }
    for (Map.Entry<Integer, Future<RecordMetadata>> entry : acknowledged.entrySet()) {
      noteCommand(
          entry.getValue().get(),
          bookingOf(entry.getKey()),
          Outcome.OUTCOME_BOOKED,
          Refusal.REFUSAL_UNSPECIFIED);
    }
  }

  /** As a caller does who has not seen the answer: it is given again. */
  private void sendOneAgain() throws Exception {
    Command.Builder command = bookingOf(0);
    noteCommand(
        producer.send(record("commands", citizen(0), command.build().toByteArray())).get(),
        command,
        Outcome.OUTCOME_BOOKED,
        Refusal.REFUSAL_UNSPECIFIED);
  }

  /** Where the key is not at home: that the other keys are shows by this one. */
  private void sendToWrongPartition() throws Exception {
    int home =
        sent.entrySet().stream()
            .filter(entry -> entry.getValue().citizen().equals(citizen(1)))
            .findAny()
            .orElseThrow()
            .getKey()
            .partition();
    Command.Builder command = bookingOf(1).setCommandId("lost");
    RecordMetadata there =
        producer
            .send(
                new ProducerRecord<>(
                    prefix + "commands",
                    (home + 1) % producer.partitionsFor(prefix + "commands").size(),
                    citizen(1).getBytes(StandardCharsets.UTF_8),
                    command.build().toByteArray()))
            .get();
    noteCommand(there, command, Outcome.OUTCOME_REFUSED, Refusal.REFUSAL_WRONG_PARTITION);
  }

  private void noteCommand(
      RecordMetadata there, Command.Builder command, Outcome outcome, Refusal refusal) {
    sent.put(
        new Ticket(Topic.TOPIC_COMMANDS, there.partition(), there.offset()),
        new Sent(command.getCitizenId(), command.getCommandId(), outcome, refusal));
  }

  /** An answer on every partition, which never becomes true. */
  private void writeAbortedAnswer() throws Exception {
    Properties settings = producerSettings();
    settings.put("transactional.id", prefix + "independent-check");
    try (KafkaProducer<byte[], byte[]> forger = new KafkaProducer<>(settings)) {
      forger.initTransactions();
      forger.beginTransaction();
      for (TopicPartition partition : committed.assignment()) {
        byte[] forged =
            ConfirmationRecord.newBuilder()
                .setNumber(1_000_000)
                .setConfirmation(
                    Confirmation.newBuilder()
                        .setTopic(Topic.TOPIC_COMMANDS)
                        .setCitizenId(GHOST)
                        .setOutcome(Outcome.OUTCOME_BOOKED))
                .build()
                .toByteArray();
        forger
            .send(
                new ProducerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    GHOST.getBytes(StandardCharsets.UTF_8),
                    forged))
            .get();
      }
      forger.abortTransaction();
    }
  }

  private ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ProducerRecord<>(
        prefix + topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  // --- What it reads ---

  private void awaitAnswers() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (answers.size() < sent.size() && System.nanoTime() < end) {
      read(committed, answers);
    }
    // And whatever else is committed, which must be nothing.
    Map<TopicPartition, Long> ends = committed.endOffsets(committed.assignment());
    for (TopicPartition partition : committed.assignment()) {
      while (committed.position(partition) < ends.get(partition)
          && System.nanoTime() < end) {
        read(committed, answers);
      }
    }
  }

  private static void read(KafkaConsumer<byte[], byte[]> from, List<Answer> into)
      throws Exception {
    for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
      into.add(new Answer(record.partition(), ConfirmationRecord.parseFrom(record.value())));
    }
  }

  private void checkAnswers() {
    Map<Ticket, Sent> open = new HashMap<>(sent);
    for (Answer answer : answers) {
      Confirmation confirmation = answer.record().getConfirmation();
      Ticket ticket =
          new Ticket(confirmation.getTopic(), answer.partition(), confirmation.getOffset());
      Sent asked = open.remove(ticket);
      if (asked == null) {
        report(sent.containsKey(ticket) ? "answered twice" : "answered, never sent", answer);
      } else if (!asked.citizen().equals(confirmation.getCitizenId())
          || !asked.id().equals(confirmation.getCommandId())) {
        report("the answer names another than " + asked, answer);
      } else if (asked.outcome() != confirmation.getOutcome()
          || asked.refusal() != confirmation.getRefusal()) {
        report("should have been " + asked, answer);
      }
    }
    for (Map.Entry<Ticket, Sent> entry : open.entrySet()) {
      report("never answered", entry);
    }
  }

  private void checkNumbers() {
    Map<Integer, Long> last = new HashMap<>();
    for (Answer answer : answers) {
      long next = last.getOrDefault(answer.partition(), 0L) + 1;
      if (answer.record().getNumber() != next) report(next + " is the next number", answer);
      last.put(answer.partition(), answer.record().getNumber());
    }
    if (last.size() != committed.assignment().size()) report("a partition is silent", last);
  }

  /** It is there for who reads what is not committed, and for nobody else. */
  private void checkAbortedIsUnseen() throws Exception {
    List<Answer> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> uncommitted = openConfirmations("read_uncommitted")) {
      Map<TopicPartition, Long> ends = uncommitted.endOffsets(uncommitted.assignment());
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (TopicPartition partition : uncommitted.assignment()) {
        while (uncommitted.position(partition) < ends.get(partition)
            && System.nanoTime() < end) {
          read(uncommitted, all);
        }
      }
    }
    if (ghosts(all) != committed.assignment().size()) report("no aborted answers", ghosts(all));
    if (ghosts(answers) != 0) report("aborted answers were read", ghosts(answers));
  }

  private static long ghosts(List<Answer> among) {
    return among.stream()
        .filter(answer -> answer.record().getConfirmation().getCitizenId().equals(GHOST))
        .count();
  }

  private void report(String what, Object about) {
    ++wrong;
    System.out.println("WRONG: " + what + ": " + about);
  }

  // --- Clients ---

  private Properties producerSettings() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("acks", "all");
    settings.put("key.serializer", ByteArraySerializer.class.getName());
    settings.put("value.serializer", ByteArraySerializer.class.getName());
    return settings;
  }

  private KafkaConsumer<byte[], byte[]> openConfirmations(String isolation) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("isolation.level", isolation);
    settings.put("enable.auto.commit", "false");
    settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings);
    List<TopicPartition> partitions =
        consumer.partitionsFor(prefix + "confirmations").stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
