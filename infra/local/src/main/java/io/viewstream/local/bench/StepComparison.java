package io.viewstream.local.bench;

import io.viewstream.trainer.train.TrainingEngine;
import io.viewstream.trainer.train.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our training step against PyTorch's, with as many threads, in turns, so that what drifts on the
 * machine falls on both.
 *
 * @param layout of the peer's images; ours are channels-last always
 * @param threads of either side inside one operation
 * @param ours the same steps without a feed
 * @param peer PyTorch's
 */
record StepComparison(String layout, int threads, Measurement ours, Measurement peer) {

  private static final int TURNS = 3;

  /** Every number of threads up to that of the processors, with every layout. */
  static List<StepComparison> run(TrainingSettings settings, StepPeer peer, double seconds)
      throws IOException, InterruptedException {
    List<StepComparison> comparisons = new ArrayList<>();
    TrainingRounds rounds = new TrainingRounds(settings);
    int processors = Runtime.getRuntime().availableProcessors();
    for (int threads = 1; threads <= processors; threads *= 2) {
      try (TrainingEngine engine = TrainingEngine.start("cpu", threads)) {
        for (String layout : StepPeer.LAYOUTS) {
          rounds.steps(engine, seconds / TURNS);
          Measurement ours = rounds.steps(engine, seconds / TURNS).measured("our step");
          Measurement theirs = peer.round(layout, threads, seconds / TURNS);
          for (int turn = 1; turn < TURNS; turn++) {
            ours = ours.plus(rounds.steps(engine, seconds / TURNS).measured("our step"));
            theirs = theirs.plus(peer.round(layout, threads, seconds / TURNS));
          }
          comparisons.add(new StepComparison(layout, threads, ours, theirs));
        }
      }
    }
    return comparisons;
  }

  /** For the report. */
  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("layout", layout);
    report.put("threads", threads);
    report.put("step", ours.report().entries());
    report.put("peerStep", peer.report().entries());
    report.put("ratio", ours.ratioTo(peer));
    report.put("cpuRatio", ours.cpuRatioTo(peer));
    return report;
  }
}
