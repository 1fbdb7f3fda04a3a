package io.viewstream.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class HtmlReportTest {

  private static final String PAGE =
      HtmlReport.write(
          SampleReport.of(
              "disc", SampleReport.fallingLosses(250), Optional.of(SampleReport.accuracy())));

  /** The page with its void elements closed, so that an XML parser checks its nesting. */
  private static Document parse(String page) throws Exception {
    String xml =
        page.replace("<!DOCTYPE html>", "")
            .replaceAll("<(meta|img)([^>]*)>", "<$1$2/>")
            .replaceAll("(?s)<style>.*</style>", "");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldSayWhatCameOut() throws Exception {
    String text = parse(PAGE).getDocumentElement().getTextContent();

    assertThat(text)
        .contains("2,000 images went through Kafka")
        .contains("8,000 synthetic views of them came back, none of them twice")
        .contains("71.2\u00a0%")
        .contains("65.5\u00a0%")
        .contains("10.0\u00a0%")
        .contains("50.0\u00a0%")
        .contains("49.6\u00a0%")
        .contains("645/s")
        .contains("1 min 24 s");
  }

  @Test
  void shouldNeedNothingFromOutside() {
    Matcher references = Pattern.compile("(?:src|href)=\"([^\"]{0,40})").matcher(PAGE);
    int count = 0;
    while (references.find()) {
      assertThat(references.group(1)).startsWith("data:image/png;base64,");
      count++;
    }
    assertThat(count).as("six rows of a source and two views").isEqualTo(18);
    assertThat(PAGE).doesNotContain("<script").doesNotContain("@import").doesNotContain("url(");
  }

  @Test
  void shouldGiveEveryPictureAnAlternative() throws Exception {
    Document page = parse(PAGE);
    NodeList images = page.getElementsByTagName("img");
    for (int i = 0; i < images.getLength(); i++) {
      assertThat(((Element) images.item(i)).getAttribute("alt")).isNotBlank();
    }
    assertThat(((Element) images.item(1)).getAttribute("alt"))
        .isEqualTo("Synthetic view 1 of disc");
    assertThat(page.getElementsByTagName("desc").item(0).getTextContent())
        .contains("begins at 5.1")
        .contains("over 250 steps");
  }

  @Test
  void shouldEscapeWhatComesFromFiles() throws Exception {
    String label = "<script>alert('x')</script>\" onload=\"y & {{tiles}} $1";

    String page =
        HtmlReport.write(SampleReport.of(label, SampleReport.fallingLosses(10), Optional.empty()));

    assertThat(page).doesNotContain("<script").doesNotContain("\" onload=\"");
    assertThat(parse(page).getElementsByTagName("tbody").item(0).getTextContent()).contains(label);
  }

  @Test
  void shouldSayWhyThereIsNoAccuracy() {
    String page =
        HtmlReport.write(SampleReport.of("disc", SampleReport.fallingLosses(10), Optional.empty()));

    assertThat(page).contains("the images have no labels").doesNotContain("chance is");
  }

  @Test
  void shouldDrawOnlyFiniteLosses() {
    String page =
        HtmlReport.write(
            SampleReport.of(
                "disc",
                List.of(3f, Float.NaN, 2f, Float.POSITIVE_INFINITY, 2.5f),
                Optional.empty()));

    assertThat(page).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(HtmlReport.write(SampleReport.of("disc", List.of(), Optional.empty())))
        .contains("No step was trained.");
  }

  @Test
  void shouldOpenFromAFile() throws Exception {
    Path file = Path.of("target", "sample-report.html");
    Files.createDirectories(file.getParent());
    Files.writeString(file, PAGE);

    assertThat(file).content(StandardCharsets.UTF_8).startsWith("<!DOCTYPE html>");
  }
}
