package io.viewstream.trainer.ssl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.viewstream.trainer.ssl.network.ResNetArchitecture;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Depth;
import io.viewstream.trainer.ssl.network.ResNetArchitecture.Stem;
import io.viewstream.trainer.ssl.optimizer.Optimizer;
import io.viewstream.trainer.ssl.optimizer.Sgd;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The momentum target of BYOL, on one step. */
class MomentumEncoderTest {

  @Test
  void shouldBeginAsACopyAndFollowByItsMomentumAlone() {
    try (NDManager manager = NDManager.newBaseManager();
        Byol byol =
            new Byol(
                manager,
                new ResNetArchitecture(Depth.RESNET18, Stem.CIFAR, 2),
                new Byol.Settings(8, 4, 8, 0.9, 1),
                3);
        Optimizer optimizer = new Sgd(manager, byol.tensors().parameters(), 0, 0, false)) {
      Map<String, NDArray> parameters = byol.tensors().parameters();
      Map<String, NDArray> buffers = byol.tensors().buffers();
      assertThat(buffers).containsKey("momentum_projector.3.bias");
      assertThat(buffers).doesNotContainKey("momentum_predictor.0.weight");
      String name = "backbone.conv1.weight";
      float[] before = parameters.get(name).toFloatArray();
      assertThat(buffers.get("momentum_" + name).toFloatArray()).isEqualTo(before);
      assertThat(buffers.get("momentum_" + name).hasGradient()).isFalse();

      NDArray first = manager.randomNormal(new Shape(4, 3, 8, 8));
      NDArray second = manager.randomNormal(new Shape(4, 3, 8, 8));
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        collector.backward(byol.loss(first, second));
      }
      optimizer.step(parameter -> 1);
      float[] after = parameters.get(name).toFloatArray();
      assertThat(after).isNotEqualTo(before);
      assertThat(buffers.get("momentum_" + name).toFloatArray()).isEqualTo(before);

      byol.afterStep(0, 10);
      float[] followed = buffers.get("momentum_" + name).toFloatArray();
      for (int i = 0; i < followed.length; i++) {
        assertThat((double) followed[i])
            .isCloseTo(0.9 * before[i] + 0.1 * after[i], org.assertj.core.data.Offset.offset(1e-6));
      }
    }
  }
}
