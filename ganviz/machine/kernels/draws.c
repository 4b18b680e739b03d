// Random numbers over arrays: uniform_f32_avx2(key, update, draw, out, count) and so on. Each array is a function of key,
// update and draw alone, and a shorter one is the beginning of a longer one.

#include "elementary.h"
#include "entry.h"
#include "philox.h"
#include "shuffle.h"

#include "as_f32.h"
#include "laws.h"

#include "as_f64.h"
#include "laws.h"

#define DRAWN(law)                                                                                                      \
  ENTRY(law##_f32)(uint64_t key, uint64_t update, uint32_t draw, float *out, int64_t count) {                           \
    draw_f32(law##_f32, (Counter){key, update, draw}, out, count);                                                      \
  }                                                                                                                     \
  ENTRY(law##_f64)(uint64_t key, uint64_t update, uint32_t draw, double *out, int64_t count) {                          \
    draw_f64(law##_f64, (Counter){key, update, draw}, out, count);                                                      \
  }

DRAWN(uniform)
DRAWN(uniform_open)
DRAWN(normal)

// Words of 64 bits as they are, from a block on.
ENTRY(bits)(uint64_t key, uint64_t update, uint32_t draw, uint64_t *out, int64_t count, uint64_t first_block) {
  for (int64_t done = 0; done < count; done += TILE_PAIRS) {
    Tile tile;
    fill(&tile, (Counter){key, update, draw}, first_block + (uint64_t)(done / 2));
    for (int64_t i = 0; i < TILE_PAIRS && done + i < count; i++) out[done + i] = tile.pair[i];
  }
}

// Whole numbers from 0 to below − 1, below ≤ 2^32: the upper half of the product of `below` and a word of 64 bits (Lemire
// 2019, without his rejection). No number is more or less likely than another by more than 2^−64.
ENTRY(integers)(uint64_t key, uint64_t update, uint32_t draw, int64_t *out, int64_t count, uint64_t below) {
  for (int64_t done = 0; done < count; done += TILE_PAIRS) {
    Tile tile;
    fill(&tile, (Counter){key, update, draw}, (uint64_t)(done / 2));
    for (int64_t i = 0; i < TILE_PAIRS && done + i < count; i++) {
      uint64_t upper = tile.pair[i] >> 32, lower = tile.pair[i] & LOW_WORD;
      out[done + i] = (int64_t)((upper * below + (lower * below >> 32)) >> 32);
    }
  }
}

// Places first, first + 1, … of a random order of 0, 1, …, n − 1.
ENTRY(permutation)(uint64_t key, uint64_t update, uint32_t draw, int64_t *out, int64_t count, uint64_t n, uint64_t first) {
  if (n <= SHORT) {
    int64_t order[SHORT];
    short_order(order, (Counter){key, update, draw}, (int64_t)n);
    for (int64_t i = 0; i < count; i++) out[i] = order[(int64_t)first + i];
    return;
  }
  Shuffle shuffle = shuffle_of((Counter){key, update, draw}, n);
  for (int64_t done = 0; done < count; done += LANES_64) {
    U64 places = counting_from(first + (uint64_t)done);
    places = (places & (U64)(places < n));  // lanes beyond the end would never come back
    places = shuffled(&shuffle, places, n);
    for (int64_t i = 0; i < LANES_64 && done + i < count; i++) out[done + i] = (int64_t)places[i];
  }
}
