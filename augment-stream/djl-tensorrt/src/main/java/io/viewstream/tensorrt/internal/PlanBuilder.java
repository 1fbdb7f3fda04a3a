package io.viewstream.tensorrt.internal;

import java.nio.file.Path;

/** Makes a plan. */
@FunctionalInterface
interface PlanBuilder {

  /**
   * A finished build.
   *
   * @param sizeBytes of the plan, without the free header
   * @param sha256 of the same bytes
   */
  record Built(long sizeBytes, String sha256) {}

  /**
   * Writes the plan into a new file, after {@link PlanFile#HEADER_BYTES} of free space.
   *
   * @return what the file holds; it was read back and is so
   * @throws PlanBuildException with one line; the file may then hold anything
   */
  Built build(Path target);
}
