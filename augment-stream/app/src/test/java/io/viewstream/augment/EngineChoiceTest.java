package io.viewstream.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import io.viewstream.generators.Generator;
import io.viewstream.generators.Generators;
import io.viewstream.generators.InvalidPackageException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class EngineChoiceTest {

  @Test
  void shouldSayInOneLineWhatTensorRtLacksHereAndGoOnWithoutIt() {
    boolean usable = true;
    try {
      Engine.getEngine("TensorRT");
    } catch (EngineException e) {
      usable = false;
    }
    Assumptions.assumeFalse(usable, "TensorRT works on this machine");

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Generators.open("icgan32", Optional.of("TensorRT")))
          .isInstanceOf(InvalidPackageException.class)
          .hasMessageStartingWith("Engine TensorRT: TensorRT cannot be used: ")
          .message()
          .doesNotContain("\n");
    }
    try (Generator generator = Generators.open("icgan32", Optional.empty())) {
      assertThat(generator.description().id()).isEqualTo("icgan32");
    }
  }
}
