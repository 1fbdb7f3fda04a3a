package io.viewstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.source.FileFault;
import io.viewstream.kafka.command.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images know nothing of Kafka, and what all services share knows nothing of images, so each of
 * them puts faults of files into words; a user is to read the same ones.
 */
class FileFaultWordingTest {

  static Stream<IOException> faults() {
    return Stream.of(
        new NoSuchFileException("/f"),
        new NoSuchFileException("/f", null, "there is no such folder"),
        new AccessDeniedException("/f"),
        new FileAlreadyExistsException("/f"),
        new DirectoryNotEmptyException("/f"),
        new FileSystemException("/f", "/g", "Too many open files"),
        new MalformedInputException(1),
        new IOException("Is a directory"),
        new EOFException());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void shouldSayTheSameOfOneFaultWhoeverMeetsIt(IOException fault) {
    assertThat(FileFault.of(fault)).isEqualTo(Reason.of(fault));
  }
}
