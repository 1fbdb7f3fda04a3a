package io.viewstream.trainer.similarity;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.viewstream.trainer.evaluate.FeatureEncoder;
import io.viewstream.trainer.evaluate.ImagePreparation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * An encoder from an ONNX file, run by ONNX Runtime on the CPU: one input, float32 (batch, 3, side,
 * side); an output float32 (batch, features), or (batch, features, height, width), of which the
 * mean over the positions is taken. Owns its session; one thread at a time.
 */
public final class OnnxEncoder implements FeatureEncoder {

  private final Path file;
  private final OrtSession session;
  private final String input;
  private final String output;
  private final ImagePreparation preparation;
  private final int batch;
  private final int featureCount;

  private OnnxEncoder(Path file, OrtSession session, OnnxSettings settings, ImagePreparation usual)
      throws OrtException {
    OnnxSignature signature = OnnxSignature.of(file, session, settings, usual);
    this.file = file;
    this.session = session;
    this.input = signature.input();
    this.output = signature.output();
    this.preparation = signature.preparation();
    this.batch = signature.batch();
    this.featureCount = probe();
  }

  /**
   * Loads a file.
   *
   * @param settings what the file does not say
   * @param usual how images are prepared, where neither file nor settings say it
   * @throws SimilarityException if it cannot be read or is no encoder of images
   */
  public static OnnxEncoder open(Path file, OnnxSettings settings, ImagePreparation usual) {
    if (!Files.isRegularFile(file)) {
      throw new SimilarityException("There is no file " + file);
    }
    OrtSession session = null;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Left to itself it counts the machine's cores, whatever a container allows.
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
      return new OnnxEncoder(file, session, settings, usual);
    } catch (OrtException e) {
      close(session);
      throw new SimilarityException(
          "%s is not a model that ONNX Runtime can load: %s".formatted(file, firstLine(e)), e);
    } catch (RuntimeException e) {
      close(session);
      throw e;
    }
  }

  @Override
  public ImagePreparation preparation() {
    return preparation;
  }

  @Override
  public int featureCount() {
    return featureCount;
  }

  @Override
  public float[] features(ByteBuffer images, int count) {
    FloatBuffer pixels = images.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    int size = 3 * preparation.resolution() * preparation.resolution();
    int atOnce = batch > 0 ? batch : count;
    float[] features = new float[count * featureCount];
    for (int from = 0; from < count; from += atOnce) {
      int part = Math.min(atOnce, count - from);
      // A file with a fixed batch gets the rest of it as zeros.
      FloatBuffer given = pixels.slice(from * size, part * size);
      if (part < atOnce) {
        given =
            ByteBuffer.allocateDirect(atOnce * size * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .put(given)
                .rewind();
      }
      float[] rows = run(given, atOnce);
      System.arraycopy(rows, 0, features, from * featureCount, part * featureCount);
    }
    return features;
  }

  /** The number of features, found with one batch of zeros. */
  private int probe() {
    int images = Math.max(1, batch);
    int size = 3 * preparation.resolution() * preparation.resolution();
    FloatBuffer zeros =
        ByteBuffer.allocateDirect(images * size * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    return run(zeros, images).length / images;
  }

  /** Features of a batch, pooled, row-major. */
  private float[] run(FloatBuffer pixels, int images) {
    long side = preparation.resolution();
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), pixels, new long[] {images, 3, side, side});
        OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
      OnnxTensor values = (OnnxTensor) result.get(0);
      long[] shape = values.getInfo().getShape();
      boolean fits = (shape.length == 2 || shape.length == 4) && shape[0] == images;
      if (!fits || values.getInfo().type != OnnxJavaType.FLOAT) {
        throw new SimilarityException(
            "%s: output %s is %s of shape %s for %d images; an encoder gives float32 [batch, features] or [batch, features, height, width]"
                .formatted(file, output, values.getInfo().type, Arrays.toString(shape), images));
      }
      float[] flat = new float[values.getFloatBuffer().remaining()];
      values.getFloatBuffer().get(flat);
      return shape.length == 2 ? flat : means(flat, (int) (shape[2] * shape[3]));
    } catch (OrtException e) {
      throw new SimilarityException(
          "%s cannot be run on images of %d px: %s".formatted(file, side, firstLine(e)), e);
    }
  }

  private static float[] means(float[] values, int positions) {
    float[] means = new float[values.length / positions];
    for (int i = 0; i < means.length; i++) {
      double sum = 0;
      for (int position = 0; position < positions; position++) {
        sum += values[i * positions + position];
      }
      means[i] = (float) (sum / positions);
    }
    return means;
  }

  private static String firstLine(OrtException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    close(session);
  }

  private static void close(OrtSession session) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close a session", e);
    }
  }
}
