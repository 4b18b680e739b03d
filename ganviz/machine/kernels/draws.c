// Random numbers over arrays: uniform_f32_avx2(key, update, draw, out, count) and so on. Each array is a function of key,
// update and draw alone, and a shorter one is the beginning of a longer one.

#include "elementary.h"
#include "instruction.h"
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
static void whole_numbers(Counter at, int64_t *out, int64_t count, uint64_t below, uint64_t first_block) {
  for (int64_t done = 0; done < count; done += TILE_PAIRS) {
    Tile tile;
    fill(&tile, at, first_block + (uint64_t)(done / 2));
    for (int64_t i = 0; i < TILE_PAIRS && done + i < count; i++) {
      uint64_t upper = tile.pair[i] >> 32, lower = tile.pair[i] & LOW_WORD;
      out[done + i] = (int64_t)((upper * below + (lower * below >> 32)) >> 32);
    }
  }
}
ENTRY(integers)(uint64_t key, uint64_t update, uint32_t draw, int64_t *out, int64_t count, uint64_t below) {
  whole_numbers((Counter){key, update, draw}, out, count, below, 0);
}

// Places first, first + 1, … of a random order of 0, 1, …, n − 1.
static void places_of_order(Counter at, int64_t *out, int64_t count, uint64_t n, uint64_t first) {
  if (n <= SHORT) {
    int64_t order[SHORT];
    short_order(order, at, (int64_t)n);
    for (int64_t i = 0; i < count; i++) out[i] = order[(int64_t)first + i];
    return;
  }
  Shuffle shuffle = shuffle_of(at, n);
  for (int64_t done = 0; done < count; done += LANES_64) {
    U64 places = counting_from(first + (uint64_t)done);
    places = (places & (U64)(places < n));  // lanes beyond the end would never come back
    places = shuffled(&shuffle, places, n);
    for (int64_t i = 0; i < LANES_64 && done + i < count; i++) out[done + i] = (int64_t)places[i];
  }
}
ENTRY(permutation)(uint64_t key, uint64_t update, uint32_t draw, int64_t *out, int64_t count, uint64_t n, uint64_t first) {
  places_of_order((Counter){key, update, draw}, out, count, n, first);
}

// The laws as instructions of programs. Arguments: places of the output, of the key (its lower and its upper word, float64)
// and of the update (float64); how many numbers, the draw's number, and the range of whole numbers.

INLINE uint64_t whole(double x) { return x >= 0 && x < 0x1p53 ? (uint64_t)x : 0; }

INLINE Counter counter_of(Words arguments, char *memory) {
  const double *key = (const double *)(memory + arguments[1]), *update = (const double *)(memory + arguments[2]);
  return (Counter){whole(key[0]) | whole(key[1]) << 32, whole(*update), (uint32_t)arguments[4]};
}

#define LAW(law, T, f)                                                                                                  \
  static void law##_kernel_##f(Words arguments, char *memory) {                                                         \
    draw_##f(law##_##f, counter_of(arguments, memory), (T *)(memory + arguments[0]), arguments[3]);                     \
  }
#define LAWS(law) LAW(law, float, f32) LAW(law, double, f64)
LAWS(uniform)
LAWS(uniform_open)
LAWS(normal)

// A few whole numbers at a time, which become float64.
enum { FEW = TILE_PAIRS };

INLINE double *as_numbers(double *to, const int64_t *from, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = (double)from[i];
  return to + count;
}

static void integers_kernel(Words arguments, char *memory) {
  double *out = (double *)(memory + arguments[0]);
  Counter at = counter_of(arguments, memory);
  for (int64_t done = 0; done < arguments[3]; done += FEW) {
    int64_t few[FEW], count = arguments[3] - done < FEW ? arguments[3] - done : FEW;
    whole_numbers(at, few, count, (uint64_t)arguments[5], (uint64_t)(done / 2));
    out = as_numbers(out, few, count);
  }
}

// Places first, … of an order, as float64.
static double *order_as_numbers(Counter at, double *out, int64_t count, uint64_t n, uint64_t first) {
  if (n <= SHORT) {
    int64_t order[SHORT];
    places_of_order(at, order, count, n, first);
    return as_numbers(out, order, count);
  }
  for (int64_t done = 0; done < count; done += FEW) {
    int64_t few[FEW], size = count - done < FEW ? count - done : FEW;
    places_of_order(at, few, size, n, first + (uint64_t)done);
    out = as_numbers(out, few, size);
  }
  return out;
}

static void order_kernel(Words arguments, char *memory) {
  int64_t n = arguments[3];
  order_as_numbers(counter_of(arguments, memory), (double *)(memory + arguments[0]), n, (uint64_t)n, 0);
}

// Which of n samples a minibatch sees: the updates go through one order of all samples after another.
static void rows_kernel(Words arguments, char *memory) {
  double *out = (double *)(memory + arguments[0]);
  Counter at = counter_of(arguments, memory);
  uint64_t left = (uint64_t)arguments[3], n = (uint64_t)arguments[5], place = at.update * left;
  while (left) {
    uint64_t first = place % n, count = left < n - first ? left : n - first;
    out = order_as_numbers((Counter){at.key, place / n, at.draw}, out, (int64_t)count, n, first);
    place += count;
    left -= count;
  }
}

FAMILY(draws) = {
    {"draw_uniform_f32", uniform_kernel_f32}, {"draw_uniform_f64", uniform_kernel_f64},
    {"draw_uniform_open_f32", uniform_open_kernel_f32}, {"draw_uniform_open_f64", uniform_open_kernel_f64},
    {"draw_normal_f32", normal_kernel_f32}, {"draw_normal_f64", normal_kernel_f64},
    {"draw_integers_f64", integers_kernel}, {"draw_order_f64", order_kernel}, {"draw_rows_f64", rows_kernel},
    {0, 0},
};
