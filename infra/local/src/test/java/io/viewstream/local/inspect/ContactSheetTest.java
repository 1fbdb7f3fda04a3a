package io.viewstream.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.viewstream.imaging.RgbImage;
import io.viewstream.schemas.SourceImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactSheetTest {

  @Test
  void shouldDrawTheSourceAtTheLeftAndItsViewsInOrder() {
    SourceImage source = SampleRecords.source("set/a", "label", RgbImage.filled(32, 32, 0x204060));
    ImageSample sample =
        new ImageSample(
            source,
            List.of(
                SampleRecords.view(source, "run", 1, RgbImage.filled(32, 32, 0x0000ff)),
                SampleRecords.view(source, "run", 0, RgbImage.filled(300, 150, 0x00ff00))));

    RgbImage sheet = ContactSheet.draw(List.of(sample, new ImageSample(source, List.of())));

    assertThat(sheet.rgb(6 + 48, 6 + 48)).isEqualTo(0x204060);
    assertThat(sheet.rgb(6 + 96 + 22 + 48, 6 + 48)).isEqualTo(0x00ff00);
    assertThat(sheet.rgb(6 + 96 + 22 + 96 + 6 + 48, 6 + 48)).isEqualTo(0x0000ff);
    assertThat(sheet.rgb(6 + 48, 6 + 102 + 48)).as("second row").isEqualTo(0x204060);
    assertThat(sheet.rgb(6 + 96 + 22 + 48, 6 + 4))
        .as("above a wide view is paper")
        .isEqualTo(0xf4f4f2);
  }

  @Test
  void shouldShowWhereAnImageCannotBeRead() {
    SourceImage source =
        SampleRecords.source(
            "set/a", "label", RgbImage.filled(32, 32, 0x204060), new byte[] {1, 2, 3});

    RgbImage sheet = ContactSheet.draw(List.of(new ImageSample(source, List.of())));

    assertThat(sheet.rgb(6 + 48, 6 + 48)).isEqualTo(0xd0d0cc);
  }
}
