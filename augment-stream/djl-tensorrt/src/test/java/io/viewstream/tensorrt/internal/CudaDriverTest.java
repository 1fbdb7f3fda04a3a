package io.viewstream.tensorrt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import io.viewstream.tensorrt.TensorRtUnavailableException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDriverTest {

  @TempDir Path folder;

  @Test
  void shouldSayThatThereIsNoDriver() {
    assertThatThrownBy(() -> CudaDriver.open("libnosuchdriver.so.1"))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessage("no NVIDIA driver (libnosuchdriver.so.1 is not on the library path)");
  }

  @Test
  void shouldSayThatALibraryIsNoDriver() {
    assertThatThrownBy(() -> CudaDriver.open("libm.so.6"))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessageStartingWith("no usable NVIDIA driver (libm.so.6 lacks a function")
        .hasMessageContaining("cuInit");
  }

  @Test
  void shouldPassTheDriversWordsOn() throws Exception {
    Path fake = NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1"), "INIT=100");

    assertThatThrownBy(() -> CudaDriver.open(fake.toString()))
        .isInstanceOf(TensorRtUnavailableException.class)
        .hasMessage(
            "the NVIDIA driver finds no usable GPU (cuInit gives 100: no CUDA-capable device is"
                + " detected)");
  }

  @Test
  void shouldSayThatThereIsNoGpu() throws Exception {
    Path fake = NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1"), "DEVICES=0");

    assertThatThrownBy(() -> CudaDriver.open(fake.toString()))
        .hasMessage("the NVIDIA driver finds no GPU");
  }

  @Test
  void shouldCallTheDriverWithItsOwnTypes() throws Exception {
    CudaDriver driver =
        CudaDriver.open(
            NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1")).toString());

    assertThat(driver.cudaVersion()).isEqualTo(13_000);
    assertThat(driver.gpuCount()).isEqualTo(1);
    assertThat(driver.gpu(0).identity())
        .isEqualTo("Fake GPU, compute capability 9.0, 132 multiprocessors");
    long context = driver.retainContext(0);
    driver.makeCurrent(context);
    assertThat(driver.freeBytes()).isEqualTo(1_000);
    long stream = driver.createStream();
    MemorySegment host = driver.allocatePinned(16);
    long device = driver.allocate(16);
    host.set(ValueLayout.JAVA_LONG, 8, 4_711);
    driver.copyToDevice(device, host, 16, stream);
    host.fill((byte) 0);
    driver.copyToHost(host, device, 16, stream);
    driver.synchronize(stream);

    assertThat(host.get(ValueLayout.JAVA_LONG, 8)).isEqualTo(4_711);
    driver.free(device);
    driver.freePinned(host);
    driver.destroyStream(stream);
    driver.releaseContext(0);
  }

  @Test
  void shouldNameTheCallThatFailed() throws Exception {
    CudaDriver driver =
        CudaDriver.open(
            NativeFakes.compile("fake_cuda.c", folder.resolve("libcuda.so.1")).toString());

    assertThatThrownBy(() -> driver.allocate(1L << 41))
        .isInstanceOf(EngineException.class)
        .hasMessage("CUDA: cuMemAlloc_v2 gives 2: out of memory");
    assertThatThrownBy(() -> driver.synchronize(5))
        .hasMessage("CUDA: cuStreamSynchronize gives 400: something else");
  }
}
