package io.viewstream.trainer.train;

import picocli.CommandLine.Option;

/** What computes; a picocli mixin. */
public final class DeviceOption {

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda:N",
      defaultValue = "cpu",
      description = "What computes networks (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  /**
   * Its name, which is one of a device; whether the device is there only the engine knows.
   *
   * @throws SettingsException if there is no such name
   */
  public String name() {
    TrainingEngine.requireDeviceName(device);
    return device;
  }
}
