// Random orders of 0, 1, …, n − 1.
//
// A short one is the order of n random keys, in which all orders are equally likely. A long one, of which only a minibatch
// may be wanted, can be asked for place by place: VariablePhilox (Mitchell, Stokes, Frank and Holmes 2021: "Bandwidth-optimal
// random shuffling for GPUs"), a Feistel network of 24 rounds that permutes all numbers of as many bits as n − 1 has. A
// number that leaves the range is permuted again until it is back, which makes a permutation of the range. (For a few numbers
// that network is no good: of four, some orders come out a tenth more often than others.)

#ifndef SHUFFLE_H
#define SHUFFLE_H

#include "philox.h"

enum { SHORT = 1024, SHUFFLE_ROUNDS = 24 };

// The lowest ten bits of a key are its place, so that no two are equal.
INLINE void short_order(int64_t *order, Counter at, int64_t n) {
  int64_t keys[SHORT] __attribute__((aligned(64)));
  for (int64_t done = 0; done < n; done += TILE_PAIRS) {
    Tile tile;
    fill(&tile, at, (uint64_t)(done / 2));
    for (int64_t i = done; i < done + TILE_PAIRS; i++) {
      keys[i] = i < n ? (int64_t)((tile.pair[i - done] & ~(uint64_t)(SHORT - 1)) | (uint64_t)i) : INT64_MAX;
    }
  }
  for (int64_t i = 0; i < n; i++) {
    I64 less = {0};  // in each lane, minus how many
    for (int64_t j = 0; j < n; j += LANES_64) less += *(const I64 *)(keys + j) < keys[i];
    int64_t place = 0;
    for (int lane = 0; lane < LANES_64; lane++) place -= less[lane];
    order[place] = i;
  }
}

typedef struct { uint32_t key[SHUFFLE_ROUNDS]; uint64_t left_bits, right_bits; } Shuffle;

// For n > 1024.
INLINE Shuffle shuffle_of(Counter at, uint64_t n) {
  uint64_t bits = 10;
  while (n > (uint64_t)1 << bits) bits++;
  Shuffle shuffle = {.left_bits = bits / 2, .right_bits = bits - bits / 2};
  Tile tile;
  fill(&tile, at, 0);
  for (int i = 0; i < SHUFFLE_ROUNDS; i++) shuffle.key[i] = (uint32_t)(tile.pair[i / 2] >> (i % 2 * 32));
  return shuffle;
}

INLINE U64 permuted(const Shuffle *shuffle, U64 x) {
  uint64_t left_mask = ((uint64_t)1 << shuffle->left_bits) - 1, right_mask = ((uint64_t)1 << shuffle->right_bits) - 1;
  U64 left = x >> shuffle->right_bits, right = x & right_mask;
  for (int i = 0; i < SHUFFLE_ROUNDS; i++) {
    U64 product = product_of_words(left, (U64){0} + 0xb1ce6e93u);
    U64 upper = (product >> 32) + product_of_words(left, (U64){0} + 0xd2b74407u);
    left = (upper ^ shuffle->key[i] ^ right) & left_mask;
    right = ((product << (shuffle->right_bits - shuffle->left_bits)) | (right >> shuffle->left_bits)) & right_mask;
  }
  return left << shuffle->right_bits | right;
}

INLINE int any(U64 mask) {
  uint64_t all = 0;
  for (int i = 0; i < LANES_64; i++) all |= mask[i];
  return all != 0;
}

// Where the numbers x < n are in the new order.
INLINE U64 shuffled(const Shuffle *shuffle, U64 x, uint64_t n) {
  U64 y = permuted(shuffle, x);
  for (U64 out = (U64)(y >= n); any(out); out = (U64)(y >= n)) y = (y & ~out) | (permuted(shuffle, y) & out);
  return y;
}

#endif
