// Kernels that copy numbers from place to place.

#include "instruction.h"

#include "as_f32.h"
#include "lanes.h"
#include "as_f64.h"
#include "lanes.h"

enum { DIMENSIONS = 4 };

// A copy along four dimensions, into the other precision where the two differ. Arguments: places of the output and of the
// input; the shape; the strides of the output; those of the input.
//
// The innermost dimension may be one of vectors that lie side by side on both sides.
#define MOVE(name, FROM, TO, copy_row)                                                                                  \
  static void name##_kernel(Words arguments, char *memory) {                                                            \
    TO *to = (TO *)(memory + arguments[0]);                                                                             \
    const FROM *from = (const FROM *)(memory + arguments[1]);                                                           \
    Words shape = arguments + 2, there = shape + DIMENSIONS, here = there + DIMENSIONS;                                 \
    for (int64_t i = 0; i < shape[0]; i++)                                                                              \
      for (int64_t j = 0; j < shape[1]; j++)                                                                            \
        for (int64_t k = 0; k < shape[2]; k++) {                                                                        \
          TO *row_to = to + i * there[0] + j * there[1] + k * there[2];                                                 \
          const FROM *row_from = from + i * here[0] + j * here[1] + k * here[2];                                        \
          int64_t done = there[3] == 1 && here[3] == 1 ? copy_row(row_to, row_from, shape[3]) : 0;                      \
          for (int64_t l = done; l < shape[3]; l++) row_to[l * there[3]] = (TO)row_from[l * here[3]];                   \
        }                                                                                                               \
  }

// As many numbers of a row as fill whole vectors; says how many those are.
INLINE int64_t row_f32(float *to, const float *from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES_f32 <= count; i += LANES_f32) store_f32(to + i, load_f32(from + i));
  return i;
}
INLINE int64_t row_f64(double *to, const double *from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES_f64 <= count; i += LANES_f64) store_f64(to + i, load_f64(from + i));
  return i;
}
INLINE int64_t row_widened(double *to, const float *from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES_f32 <= count; i += LANES_f32) {
    Wide wide = widen(load_f32(from + i));
    store_f64(to + i, wide.first);
    store_f64(to + i + LANES_f64, wide.second);
  }
  return i;
}
INLINE int64_t row_narrowed(float *to, const double *from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES_f32 <= count; i += LANES_f32) {
    store_f32(to + i, narrow((Wide){load_f64(from + i), load_f64(from + i + LANES_f64)}));
  }
  return i;
}

MOVE(move_f32, float, float, row_f32)
MOVE(move_f64, double, double, row_f64)
MOVE(move_f32_f64, float, double, row_widened)
MOVE(move_f64_f32, double, float, row_narrowed)

// A place among so many; the first where there is no such place, so that nothing beyond a table is ever touched.
INLINE int64_t place_among(double place, int64_t many) { return place >= 0 && place < (double)many ? (int64_t)place : 0; }

// The rows of a table, by their numbers. Arguments: places of the output, of the table and of the numbers (float64); rows
// of the table, columns, how many numbers; the strides of the table and that of the numbers.
#define GATHER(name, T)                                                                                                 \
  static void name##_kernel(Words arguments, char *memory) {                                                            \
    T *out = (T *)(memory + arguments[0]);                                                                              \
    const T *table = (const T *)(memory + arguments[1]);                                                                \
    const double *places = (const double *)(memory + arguments[2]);                                                     \
    int64_t rows = arguments[3], columns = arguments[4];                                                                \
    for (int64_t i = 0; i < arguments[5]; i++) {                                                                        \
      const T *row = table + place_among(places[i * arguments[8]], rows) * arguments[6];                                \
      for (int64_t j = 0; j < columns; j++) *out++ = row[j * arguments[7]];                                             \
    }                                                                                                                   \
  }
GATHER(gather_f32, float)
GATHER(gather_f64, double)

// Numbers (outer, n, inner) to their places along the middle. Arguments: places of the output, of those places (float64)
// and of the numbers; outer, n, inner. All are dense.
#define SCATTER(name, T)                                                                                                \
  static void name##_kernel(Words arguments, char *memory) {                                                            \
    T *out = (T *)(memory + arguments[0]);                                                                              \
    const double *places = (const double *)(memory + arguments[1]);                                                     \
    const T *x = (const T *)(memory + arguments[2]);                                                                    \
    int64_t n = arguments[4], inner = arguments[5];                                                                     \
    for (int64_t k = 0; k < arguments[3]; k++, out += n * inner)                                                        \
      for (int64_t i = 0; i < n; i++)                                                                                   \
        for (int64_t j = 0; j < inner; j++) out[place_among(*places++, n) * inner + j] = *x++;                          \
  }
SCATTER(scatter_f32, float)
SCATTER(scatter_f64, double)

// Rows (n, width) added to those of a table (rows, width), one after another. Arguments: places of the table, of the rows'
// numbers (float64) and of what is added; rows, width, n. All are dense.
#define SCATTER_ADD(name, T)                                                                                            \
  static void name##_kernel(Words arguments, char *memory) {                                                            \
    T *table = (T *)(memory + arguments[0]);                                                                            \
    const double *places = (const double *)(memory + arguments[1]);                                                     \
    const T *x = (const T *)(memory + arguments[2]);                                                                    \
    int64_t rows = arguments[3], width = arguments[4];                                                                  \
    for (int64_t i = 0; i < arguments[5]; i++) {                                                                        \
      T *row = table + place_among(places[i], rows) * width;                                                            \
      for (int64_t j = 0; j < width; j++) row[j] += *x++;                                                               \
    }                                                                                                                   \
  }
SCATTER_ADD(scatter_add_f32, float)
SCATTER_ADD(scatter_add_f64, double)

FAMILY(moves) = {
    {"move_f32", move_f32_kernel}, {"move_f64", move_f64_kernel},
    {"move_f32_f64", move_f32_f64_kernel}, {"move_f64_f32", move_f64_f32_kernel},
    {"gather_f32", gather_f32_kernel}, {"gather_f64", gather_f64_kernel},
    {"scatter_f32", scatter_f32_kernel}, {"scatter_f64", scatter_f64_kernel},
    {"scatter_add_f32", scatter_add_f32_kernel}, {"scatter_add_f64", scatter_add_f64_kernel},
    {0, 0},
};
