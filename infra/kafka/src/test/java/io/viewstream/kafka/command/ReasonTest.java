package io.viewstream.kafka.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ReasonTest {

  @Test
  void shouldSayWhatIsWrongWithAFileAndNotJustItsName() {
    assertThat(Reason.of(new NoSuchFileException("/f"))).isEqualTo("there is no such file");
    assertThat(Reason.of(new AccessDeniedException("/f"))).isEqualTo("permission denied");
    assertThat(Reason.of(new FileAlreadyExistsException("/f"))).contains("in the way");
    assertThat(Reason.of(new FileSystemException("/f", "/g", "Is a directory")))
        .isEqualTo("Is a directory");
    assertThat(Reason.of(new NoSuchFileException("/f", null, "there is no such folder")))
        .isEqualTo("there is no such folder");
  }

  @Test
  void shouldLookBehindWhatKafkaWrapsASettingIn() {
    KafkaException wrapper =
        new KafkaException(
            "Failed to create new KafkaAdminClient",
            new ConfigException("No resolvable bootstrap urls given"));

    assertThat(Reason.of(wrapper)).isEqualTo("No resolvable bootstrap urls given");
    assertThat(Reason.of(new TimeoutException("too late", new IOException("deeper"))))
        .isEqualTo("too late");
  }

  @Test
  void shouldStayOnOneLine() {
    assertThat(Reason.of(new IOException("first\n\tsecond  third")))
        .isEqualTo("first second third");
    assertThat(Reason.of(new IOException())).isEqualTo("IOException");
  }
}
