// Random words by counting: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011: "Parallel random numbers: as easy as 1, 2, 3").
//
// A block of four words of 32 bits is a function of a key and a counter, and of nothing else. The counter's four words are,
// lowest first: the block's number in its draw, the draw's number in its update, and the update's number in two words.

#ifndef PHILOX_H
#define PHILOX_H

#include "vectors.h"

// Which numbers are meant: those of draw `draw` in update `update` of the stream that has this key.
typedef struct { uint64_t key, update; uint32_t draw; } Counter;

enum { ROUNDS = 10 };

#define LOW_WORD 0xffffffffu

// The products of the lower halves of each lane: one instruction, which GCC has to be told of by its name.
INLINE U64 product_of_words(U64 a, U64 b) {
#if defined(__clang__) || !defined(__x86_64__)
  return (a & LOW_WORD) * (b & LOW_WORD);
#elif VECTOR_BYTES == 16
  return (U64)__builtin_ia32_pmuludq128((I32)a, (I32)b);
#elif VECTOR_BYTES == 32 && defined(__AVX2__)
  return (U64)__builtin_ia32_pmuludq256((I32)a, (I32)b);
#elif defined(__AVX512F__)
  typedef long long Products VECTOR;
  return (U64)__builtin_ia32_pmuludq512_mask((I32)a, (I32)b, (Products){0}, 0xff);
#else
  return (a & LOW_WORD) * (b & LOW_WORD);
#endif
}

// Each lane is a block of its own. Between rounds the upper halves of lanes hold what is never read.
typedef struct { U64 word[4]; } Blocks;

INLINE Blocks philox_round(Blocks x, uint32_t first_key, uint32_t second_key) {
  U64 one = product_of_words(x.word[0], (U64){0} + 0xd2511f53u), two = product_of_words(x.word[2], (U64){0} + 0xcd9e8d57u);
  return (Blocks){{(two >> 32) ^ x.word[1] ^ first_key, two, (one >> 32) ^ x.word[3] ^ second_key, one}};
}

INLINE Blocks philox(Counter at, U64 block) {
  Blocks x = {{block, (U64){0} + at.draw, (U64){0} + (at.update & LOW_WORD), (U64){0} + (at.update >> 32)}};
  uint32_t first_key = (uint32_t)at.key, second_key = (uint32_t)(at.key >> 32);
  for (int i = 0; i < ROUNDS; i++) {
    x = philox_round(x, first_key, second_key);
    first_key += 0x9e3779b9u;
    second_key += 0xbb67ae85u;
  }
  return x;
}

// A part of a draw in the order of its words: two words, the lower one first, are one of 64 bits.
enum { TILE_BLOCKS = 32, TILE_WORDS = 4 * TILE_BLOCKS, TILE_PAIRS = 2 * TILE_BLOCKS };

typedef struct { uint64_t pair[TILE_PAIRS] __attribute__((aligned(64))); } Tile;

INLINE U64 counting_from(uint64_t first) {
  static const uint64_t lanes[8] __attribute__((aligned(64))) = {0, 1, 2, 3, 4, 5, 6, 7};
  return *(const U64 *)lanes + first;
}

INLINE void fill(Tile *tile, Counter at, uint64_t first_block) {
  for (int i = 0; i < TILE_BLOCKS; i += LANES_64) {
    Blocks x = philox(at, counting_from(first_block + (uint64_t)i));
    U64 lower = (x.word[0] & LOW_WORD) | (x.word[1] << 32), upper = (x.word[2] & LOW_WORD) | (x.word[3] << 32);
    for (int lane = 0; lane < LANES_64; lane++) {
      tile->pair[2 * (i + lane)] = lower[lane];
      tile->pair[2 * (i + lane) + 1] = upper[lane];
    }
  }
}

#endif
