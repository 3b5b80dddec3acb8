package dev.gatun.cli.explain;

import java.util.List;

/**
 * What one attention head looked at.
 *
 * @param layer counted from 0
 * @param head of the queries, counted from 0
 * @param tokens of prompt and answer
 * @param weights {@code [i][j]}: how much token {@code i} takes from token {@code j <= i}; each row sums to 1
 */
public record AttentionMap(int layer, int head, List<Piece> tokens, List<double[]> weights) {}
