package io.viewstream.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandRunTest {

  @Test
  void shouldCountResidentPagesButThoseOfFilesBelowTheFolder(@TempDir Path folder)
      throws IOException {
    Path mappings = folder.resolve("smaps");
    Files.writeString(
        mappings,
        """
        560af9ad4000-560af9ad6000 r--p 00000000 fe:00 260386                     /usr/bin/java
        Size:                 24 kB
        Rss:                   8 kB
        Pss:                   8 kB
        7f7e30000000-7f7e34000000 r--s 00000000 fe:00 1311                       %s/cache/0.segment
        Size:              65536 kB
        Rss:               40000 kB
        7f7e40000000-7f7e44000000 rw-p 00000000 00:00 0\s
        Rss:                 300 kB
        Pss:                 300 kB
        7ffd0a1f0000-7ffd0a211000 rw-p 00000000 00:00 0                          [stack]
        Rss:                  16 kB
        VmFlags: rd wr mr mw me gd ac
        """
            .formatted(folder));

    assertThat(CommandRun.residentBytes(mappings, folder)).isEqualTo(1024 * (8 + 300 + 16));
  }

  @Test
  void shouldReadWhatWasResidentAtMost(@TempDir Path folder) throws IOException {
    Path status = folder.resolve("status");
    Files.writeString(
        status, "Name:\tjava\nVmPeak:\t 9000 kB\nVmHWM:\t  2048 kB\nVmRSS:\t 1024 kB\n");

    assertThat(CommandRun.highestBytes(status)).isEqualTo(2048 * 1024);
  }
}
