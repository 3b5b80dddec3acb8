package dev.gatun.kernels;

/**
 * The weights of a feed-forward block, as {@link Backend#addFeedForward} takes them.
 *
 * @param norm F32 [1][width]
 * @param epsilon added to the mean of squares
 * @param gate [hidden][width]
 * @param up [hidden][width]
 * @param down [width][hidden]
 */
public record FeedForwardWeights(Tensor norm, float epsilon, Tensor gate, Tensor up, Tensor down) {}
