package io.viewstream.trainer.similarity;

/**
 * How alike two sets of features of the same images are. Neither number changes when one set is
 * rotated, scaled or shifted.
 *
 * @param linearCka centred kernel alignment, |A'B|² / (|A'A| |B'B|) with Frobenius norms of the
 *     centred features: 1 for the same up to rotation and scale, 0 for orthogonal ones; grows by
 *     chance where there are few images for the number of features
 * @param procrustesDistance |A|² + |B|² − 2 |A'B|₊ with the nuclear norm, of centred features
 *     scaled to the norm 1: what an orthogonal map leaves between them, squared; from 0 to 2
 * @see <a href="https://arxiv.org/abs/1905.00414">Kornblith et al. 2019, Similarity of Neural
 *     Network Representations Revisited</a>
 * @see <a href="https://arxiv.org/abs/2108.01661">Ding et al. 2021, Grounding Representation
 *     Similarity with Statistical Testing</a>
 */
public record Similarity(double linearCka, double procrustesDistance) {}
