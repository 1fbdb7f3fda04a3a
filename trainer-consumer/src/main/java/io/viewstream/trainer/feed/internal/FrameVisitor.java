package io.viewstream.trainer.feed.internal;

/** Is told of every frame of a log, in the order of their appending. */
@FunctionalInterface
interface FrameVisitor {

  /**
   * One frame.
   *
   * @param location the argument for {@link SegmentLog#read}
   */
  void visit(long location, Frame frame);
}
