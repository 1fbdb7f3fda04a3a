package io.viewstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PieceTest {

  /** A byte that is no UTF-8, at each place of texts of several lengths. */
  @Test
  void shouldReplaceWhatIsNoText() {
    for (int size = 0; size < 40; size++) {
      byte[] array = new byte[size + 7];
      Arrays.fill(array, (byte) 'a');
      // Outside the piece it must not matter.
      array[2] = (byte) 0xff;
      array[size + 3] = (byte) 0xff;
      Piece plain = new Piece(array, 3, size);
      assertThat(plain.asText()).as("size %d", size).isSameAs(plain);

      for (int place = 0; place < size; place++) {
        byte[] damaged = array.clone();
        damaged[3 + place] = (byte) 0xff;
        Piece text = new Piece(damaged, 3, size).asText();
        assertThat(text.text())
            .as("size %d, place %d", size, place)
            .isEqualTo("a".repeat(place) + '\ufffd' + "a".repeat(size - place - 1));
        assertThat(text.size())
            .isEqualTo(size - 1 + "\ufffd".getBytes(StandardCharsets.UTF_8).length);
      }
    }
  }
}
