package io.viewstream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.viewstream.embedded.KafkaEnvironment;
import io.viewstream.imaging.source.SourceOptions;
import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.kafka.command.Progress;
import io.viewstream.kafka.command.ShutdownSignal;
import io.viewstream.schemas.ContentDigest;
import io.viewstream.schemas.DeadLetter;
import io.viewstream.schemas.ErrorCategory;
import io.viewstream.schemas.SourceImage;
import io.viewstream.schemas.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageIngestIT {
  private static final int MAX_IMAGE_BYTES = 100_000;
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private static final ConnectionSettings CONNECTION = KafkaEnvironment.shared().newTopics(2);

  private final TopicContents images =
      new TopicContents(CONNECTION, CONNECTION.topics().sourceImages());
  private final TopicContents deadLetters =
      new TopicContents(CONNECTION, CONNECTION.topics().deadLetters());
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
  @TempDir private Path folder;
  private Path archive;

  @BeforeEach
  void nameArchive() {
    archive = folder.resolve("pets.tar");
  }

  private IngestSettings settings() {
    return IngestSettings.of(archive.toString())
        .withSource(SourceOptions.DEFAULT.withMaxImageBytes(MAX_IMAGE_BYTES));
  }

  private IngestResult ingest(IngestSettings settings) {
    return ingest(settings, new ShutdownSignal(), System::nanoTime);
  }

  private IngestResult ingest(
      IngestSettings settings, ShutdownSignal shutdown, LongSupplier nanoTime) {
    Progress.Output output =
        new Progress.Output(
            new PrintStream(progress, true, StandardCharsets.UTF_8), false, nanoTime);
    return new ImageIngest(CONNECTION, settings, shutdown, output, CLOCK).run();
  }

  private List<TopicContents.Entry<SourceImage>> sourceImages() {
    return images.read(SourceImage.getClassSchema());
  }

  private Map<String, DeadLetter> deadLettersByPath() {
    List<TopicContents.Entry<DeadLetter>> entries = deadLetters.read(DeadLetter.getClassSchema());
    return entries.stream()
        .map(TopicContents.Entry::existing)
        .collect(Collectors.toMap(letter -> String.valueOf(letter.getPath()), Function.identity()));
  }

  @Test
  void shouldSendTheGoodImagesAndSetTheBadOnesAside() {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 20).addBadFiles(MAX_IMAGE_BYTES).addImages(20, 50);
    }
    IngestResult result = ingest(settings());

    assertThat(result.dataset()).isEqualTo("pets");
    assertThat(result.sourceImages()).isEqualTo(50);
    assertThat(result.deadLetters())
        .containsExactly(Map.entry(ErrorCategory.INPUT, 6L), Map.entry(ErrorCategory.RESOURCE, 2L));
    assertThat(result.interrupted()).isFalse();

    List<TopicContents.Entry<SourceImage>> images = sourceImages();
    assertThat(images).hasSize(50);
    long bytes = 0;
    Map<String, SourceImage> byPath = new TreeMap<>();
    for (TopicContents.Entry<SourceImage> entry : images) {
      SourceImage image = entry.existing();
      assertThat(entry.key()).isEqualTo(image.getImageId()).isEqualTo("pets/" + image.getPath());
      assertThat(image.getSha256()).isEqualTo(ContentDigest.of(image.getContent()));
      assertThat(image.getLabel()).isEqualTo(image.getPath().substring(0, 7));
      assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(40, 30);
      assertThat(image.getIngestedAt()).isEqualTo(CLOCK.instant());
      bytes += image.getContent().remaining();
      byPath.put(image.getPath(), image);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(byPath.get(SampleArchive.imagePath(i)).getContent())
          .isEqualTo(ByteBuffer.wrap(SampleArchive.image(i)));
    }
    assertThat(result.bytes()).isEqualTo(bytes);
  }

  @Test
  void shouldSayWhyEachBadFileWasSetAside() {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 2).addBadFiles(MAX_IMAGE_BYTES);
    }
    IngestResult result = ingest(settings());
    Map<String, DeadLetter> letters = deadLettersByPath();

    Map<String, String> reasons = new TreeMap<>();
    letters.forEach(
        (path, letter) -> reasons.put(path, letter.getCategory() + " " + letter.getMessage()));
    assertThat(reasons)
        .containsOnlyKeys(
            "bad/truncated.jpg",
            "bad/text.jpg",
            "bad/empty.png",
            "bad/bomb.png",
            "bad/large.jpg",
            "../escape.png",
            "bad/link.png",
            "class-a/0.png");
    assertThat(reasons.get("bad/truncated.jpg"))
        .startsWith("INPUT truncated JPEG: 40×30 pixels by its header, but ends after ");
    assertThat(reasons.get("bad/text.jpg"))
        .isEqualTo("INPUT not a JPEG or PNG image: it starts with bytes 6e 6f 20 69");
    assertThat(reasons.get("bad/empty.png")).isEqualTo("INPUT empty: 0 bytes");
    assertThat(reasons.get("bad/bomb.png"))
        .isEqualTo("RESOURCE PNG of 10000×10000 = 100000000 pixels; the limit is 64000000");
    assertThat(reasons.get("bad/large.jpg"))
        .isEqualTo("RESOURCE 100001 bytes; the limit on an image's size is 100000");
    assertThat(reasons.get("../escape.png"))
        .isEqualTo("INPUT path with '..', which can lead out of the archive");
    assertThat(reasons.get("bad/link.png"))
        .isEqualTo("INPUT link; links in an archive are not followed");
    assertThat(reasons.get("class-a/0.png"))
        .isEqualTo(
            "INPUT the image id pets/class-a/0.png came before in this source; the first one"
                + " stays");
    assertThat(letters.values())
        .allSatisfy(letter -> assertThat(letter.getStage()).isEqualTo(Stage.INGEST));
    DeadLetter large = letters.get("bad/large.jpg");
    assertThat(large.getContent().remaining()).isEqualTo(64 * 1024);
    assertThat(large.getContentSizeBytes()).isEqualTo(MAX_IMAGE_BYTES + 1);
    assertThat(large.getSha256())
        .isEqualTo(ContentDigest.of(ByteBuffer.allocate(MAX_IMAGE_BYTES + 1)));
    assertThat(result.summary())
        .contains("2 images of pets ingested")
        .contains("Dead letters: 8")
        .contains("  bad/empty.png: empty: 0 bytes (INPUT)");
    assertThat(result.report().entries())
        .containsEntry("sourceImages", 2L)
        .containsEntry("deadLetters", 8L);
  }

  @Test
  void shouldSendTheSameRecordsInASecondRun() {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 30);
    }
    ingest(settings());
    List<TopicContents.Entry<SourceImage>> first = sourceImages();
    ingest(settings());
    List<TopicContents.Entry<SourceImage>> both = sourceImages();

    assertThat(both).hasSize(60);
    Map<Integer, List<SourceImage>> firstByPartition = byPartition(first);
    byPartition(both)
        .forEach(
            (partition, images) -> {
              List<SourceImage> twice = new ArrayList<>(firstByPartition.get(partition));
              twice.addAll(firstByPartition.get(partition));
              assertThat(images).isEqualTo(twice);
            });
  }

  private static Map<Integer, List<SourceImage>> byPartition(
      List<TopicContents.Entry<SourceImage>> entries) {
    return entries.stream()
        .collect(
            Collectors.groupingBy(
                TopicContents.Entry::partition,
                Collectors.mapping(TopicContents.Entry::existing, Collectors.toList())));
  }

  @Test
  void shouldReadAFolderAndSetAsideWhatCannotBeRead() throws IOException {
    Path pets = folder.resolve("pets");
    Files.createDirectories(pets.resolve("cat"));
    Files.write(pets.resolve("cat/1.jpg"), SampleArchive.image(1));
    Files.write(pets.resolve("2.png"), SampleArchive.image(2));
    Files.write(pets.resolve("cat/.DS_Store"), new byte[10]);
    Files.createSymbolicLink(pets.resolve("cat/gone.jpg"), Path.of("nowhere"));

    IngestResult result = ingest(IngestSettings.of(pets.toString()));
    assertThat(result.sourceImages()).isEqualTo(2);
    assertThat(result.hiddenFiles()).isEqualTo(1);
    assertThat(result.deadLetters()).containsExactly(Map.entry(ErrorCategory.EXTERNAL, 1L));
    assertThat(deadLettersByPath().get("cat/gone.jpg").getMessage())
        .startsWith("cannot be read: there is no such file");
    assertThat(sourceImages().stream().map(entry -> entry.existing().getLabel()))
        .containsExactlyInAnyOrder("cat", null);
  }

  @Test
  void shouldShrinkOnThreadsAndKeepTheOrder() {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 40).addBadFiles(MAX_IMAGE_BYTES);
    }
    IngestResult result = ingest(settings().withMaxSide(20));
    assertThat(result.sourceImages()).isEqualTo(40);
    assertThat(result.deadLetterCount()).isEqualTo(8);
    byPartition(sourceImages())
        .values()
        .forEach(
            images -> {
              assertThat(images)
                  .isSortedAccordingTo(
                      java.util.Comparator.comparing(
                          image -> Integer.valueOf(image.getPath().split("[/.]", -1)[1])));
              assertThat(images)
                  .allSatisfy(
                      image -> {
                        assertThat(image.getWidth()).isEqualTo(20);
                        assertThat(image.getHeight()).isEqualTo(15);
                        assertThat(image.getSha256())
                            .isEqualTo(ContentDigest.of(image.getContent()));
                      });
            });
  }

  @Test
  void shouldDrawShapesWithLabelsAndShowProgress() {
    IngestResult result =
        ingest(IngestSettings.of("shapes").withSource(SourceOptions.DEFAULT.withLimit(100)));
    assertThat(result.sourceImages()).isEqualTo(100);
    assertThat(sourceImages().stream().map(entry -> entry.existing().getLabel()).distinct())
        .hasSize(10);
    assertThat(sourceImages().getFirst().key()).startsWith("shapes/train/");
    assertThat(progress.toString(StandardCharsets.UTF_8)).contains("ingest 100/100 images (100 %)");
  }

  @Test
  void shouldDeliverWhatWasReadWhenTheEndIsAskedFor() {
    ShutdownSignal shutdown = new ShutdownSignal();
    AtomicLong calls = new AtomicLong();
    LongSupplier clock =
        () -> {
          // The clock is read once for each image, so this comes in the middle.
          if (calls.incrementAndGet() == 500) {
            shutdown.request();
          }
          return System.nanoTime();
        };
    IngestResult result =
        ingest(
            IngestSettings.of("shapes").withSource(SourceOptions.DEFAULT.withLimit(100_000)),
            shutdown,
            clock);
    assertThat(result.interrupted()).isTrue();
    assertThat(result.sourceImages()).isBetween(1L, 1_000L);
    assertThat(sourceImages()).hasSize(Math.toIntExact(result.sourceImages()));
  }

  @Test
  void shouldDeliverWhatComesBeforeTheBreakOfAnArchive() throws IOException {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 10).add("last.jpg", new byte[50_000]);
    }
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(file.length() - 30_000);
    }
    assertThatThrownBy(() -> ingest(settings()))
        .isInstanceOf(CommandException.class)
        .hasMessageStartingWith(
            archive + " is truncated or damaged behind its entry 11 (last.jpg): ")
        .hasMessageEndingWith("; 10 images and 0 dead letters before that went through");
    assertThat(sourceImages()).hasSize(10);
  }

  @Test
  void shouldEndWithOneLineWhenTheBrokerRefusesARecord() throws Exception {
    ConnectionSettings connection = KafkaEnvironment.shared().newTopics(1);
    try (Admin admin = Admin.create(connection.kafkaProperties())) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, connection.topics().sourceImages()),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", "300"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 3);
    }
    assertThatThrownBy(() -> new ImageIngest(connection, settings()).run())
        .isInstanceOf(CommandException.class)
        .hasMessageMatching(
            "Cannot send pets/class-./[012]\\.(png|jpg) to topic \\S*source-images on \\S+: .*");
  }

  @Test
  void shouldRefuseSourcesWithoutFilesAndClustersWithoutTopics() throws IOException {
    assertThatThrownBy(() -> ingest(settings()))
        .isInstanceOf(CommandException.class)
        .hasMessage("Cannot read --images %s: there is no such folder or tar archive", archive);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> ingest(IngestSettings.of(empty.toString())))
        .isInstanceOf(CommandException.class)
        .hasMessage("There are no files in " + empty);
    assertThatThrownBy(
            () ->
                new ImageIngest(
                        KafkaEnvironment.shared().newConnection(), IngestSettings.of("shapes"))
                    .run())
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("run `viewstream topics create`");
  }

  @Test
  void shouldWithdrawWhereTheImageWasSent() {
    try (SampleArchive tar = new SampleArchive(archive)) {
      tar.addImages(0, 4);
    }
    ingest(settings());
    new ImageWithdrawal(CONNECTION, false).withdraw(List.of("pets/class-b/1.jpg"));
    List<TopicContents.Entry<SourceImage>> records =
        sourceImages().stream().filter(e -> e.key().equals("pets/class-b/1.jpg")).toList();
    assertThat(records).hasSize(2);
    assertThat(records.getFirst().value()).isNotNull();
    assertThat(records.getLast().value()).isNull();
    assertThat(records.getFirst().partition()).isEqualTo(records.getLast().partition());

    assertThatThrownBy(() -> new ImageWithdrawal(CONNECTION, false).withdraw(List.of("pets")))
        .isInstanceOf(CommandException.class)
        .hasMessage("'pets' is no image id; those are <dataset>/<path inside it>");
  }
}
