package io.viewstream.trainer.feed;

/**
 * What training may see: a frozen end offset for each partition of both topics. What lies beyond is
 * invisible until the next horizon, so batches do not depend on when a record arrived. Ends are
 * last stable offsets (isolation level read_committed, KIP-98).
 *
 * @param clusterId Kafka's id of the cluster
 * @param sourceImages how far the source images are visible
 * @param syntheticViews how far the synthetic views are visible
 */
public record Horizon(String clusterId, TopicHorizon sourceImages, TopicHorizon syntheticViews) {}
