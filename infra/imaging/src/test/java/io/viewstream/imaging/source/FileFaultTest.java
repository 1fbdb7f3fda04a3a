package io.viewstream.imaging.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileFaultTest {

  @Test
  void shouldSayWhatIsWrongAndNotJustTheName() {
    assertThat(FileFault.of(new AccessDeniedException("/f"))).isEqualTo("permission denied");
    assertThat(FileFault.of(new NoSuchFileException("/f"))).isEqualTo("there is no such file");
    assertThat(FileFault.of(new FileAlreadyExistsException("/f"))).endsWith("is in the way");
    assertThat(FileFault.of(new FileSystemException("/f", null, "Too many open files")))
        .isEqualTo("Too many open files");
    assertThat(FileFault.of(new NoSuchFileException("/f", null, "there is no such folder")))
        .isEqualTo("there is no such folder");
  }

  @Test
  void shouldKeepOtherMessages() {
    assertThat(FileFault.of(new IOException("Is a directory"))).isEqualTo("Is a directory");
    assertThat(FileFault.of(new EOFException())).isEqualTo("EOFException");
  }
}
