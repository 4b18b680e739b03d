// For both precisions: products of matrices. Needs arrays.h.
//
// out[m, n] starts at bias[m, n] and then, for k = 0, 1, … in that order, becomes fused(a[m, k], b[k, n], out[m, n]). No sum
// is split and no order changed, so that neither strides nor blocks nor the width of vectors change a bit. Parallel are only
// different numbers of out.
//
// As in BLIS (Van Zee and van de Geijn 2015), a tile of out stays in registers while k runs. What it needs of b, some
// vectors for each k, lies packed in scratch, and so does what it needs of a where that does not run along k. Where a row of
// out ends within a vector, the tile's last vector is moved back: some numbers are then computed twice, and equal.

typedef struct {
  const SCALAR *a; int64_t a_row, a_step;             // a[m * a_row + k * a_step], any strides
  const SCALAR *b; int64_t b_step, b_column;          // b[k * b_step + n * b_column], any strides
  const SCALAR *bias; int64_t bias_row, bias_column;  // bias[m * bias_row + n * bias_column], or a null pointer: +0
  SCALAR *out; int64_t out_row, out_column;           // any strides; does not overlap with the operands
  int64_t rows, columns, depth;                       // of m, n and k; any may be 0
  SCALAR *scratch;                                    // product_scratch(rows, columns, depth) numbers, aligned to 64 bytes
} NAME(Product);

#ifndef PRODUCTS_H
#define PRODUCTS_H

// A tile of two vectors by so many rows fills the registers: 32 of them, or 16.
#if VECTOR_BYTES == 64 || defined(__aarch64__)
#define TILE_ROWS 12
#define FOR_ALL_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12)
#else
#define TILE_ROWS 6
#define FOR_ALL_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#endif

// Numbers in scratch: up to 4096 of b, and of a BLOCK_ROWS rows, for at most BLOCK_DEPTH steps of k.
enum { BLOCK_DEPTH = 256, PANEL_NUMBERS = 4096, WIDEST = 8 };

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// How many numbers of scratch a product needs at most (scratch_of in ganviz/machine/products.py).
INLINE int64_t product_scratch(int64_t rows, int64_t columns, int64_t depth) {
  (void)rows, (void)columns, (void)depth;
  return PANEL_NUMBERS;
}

#endif

// One tile of out: some rows of some vectors, of which the last may lie anywhere. `start` is what the sums start with.
typedef struct {
  const SCALAR *a; int64_t a_row, a_step;
  const SCALAR *b; int64_t b_step, b_last;
  const SCALAR *start; int64_t start_row;
  SCALAR *out; int64_t out_row;
  int64_t last, depth;
} NAME(Tile);

// Tiles below each other, `count` of them.
INLINE void NAME(fill_tiles)(const NAME(Tile) *t, const int rows, const int vectors, int64_t count) {
  const SCALAR *top = t->a, *start = t->start;
  SCALAR *out = t->out;
  const int64_t a_row = t->a_row, a_step = t->a_step, b_step = t->b_step, b_last = t->b_last;
  const int64_t start_row = t->start_row, out_row = t->out_row, last = t->last;
  const int end = vectors - 1;
  for (; count > 0; count--) {
    REAL sum[TILE_ROWS][WIDEST], of_b[WIDEST];
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
      for (int v = 0; v < end; v++) sum[r][v] = NAME(load)(start + v * NAME(LANES));
      sum[r][end] = NAME(load)(start + last);
      start += start_row;
    }
    const SCALAR *a[TILE_ROWS / 3], *b = t->b;
#pragma GCC unroll 16
    for (int i = 0; i < (rows + 2) / 3; i++) a[i] = top + 3 * i * a_row;
    for (int64_t k = t->depth; k > 0; k--) {
#pragma GCC unroll 16
      for (int v = 0; v < end; v++) of_b[v] = NAME(load)(b + v * NAME(LANES));
      of_b[end] = NAME(load)(b + b_last);
#pragma GCC unroll 16
      for (int r = 0; r < rows; r++) {
        REAL of_a = NAME(splat)(a[r / 3][r % 3 * a_row]);
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) sum[r][v] = NAME(fused)(of_a, of_b[v], sum[r][v]);
      }
#pragma GCC unroll 16
      for (int i = 0; i < (rows + 2) / 3; i++) a[i] += a_step;
      b += b_step;
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
      for (int v = 0; v < end; v++) NAME(store)(out + v * NAME(LANES), sum[r][v]);
      NAME(store)(out + last, sum[r][end]);
      out += out_row;
    }
    top += rows * a_row;
  }
}

#define ONE_TILE(rows, vectors)                                                                                         \
  static void NAME(tile_##rows##_##vectors)(const NAME(Tile) *t, int64_t count) { NAME(fill_tiles)(t, rows, vectors, count); }
#define TILES_OF(rows) ONE_TILE(rows, 1) ONE_TILE(rows, 2)
FOR_ALL_ROWS(TILES_OF)
ONE_TILE(1, 4)
ONE_TILE(1, 8)
ONE_TILE(2, 4)
#undef ONE_TILE

#undef TILES_OF
#define TILES_OF(rows) [rows] = {NAME(tile_##rows##_1), NAME(tile_##rows##_2)},
static void (*const NAME(tiles)[TILE_ROWS + 1][2])(const NAME(Tile) *, int64_t) = {FOR_ALL_ROWS(TILES_OF)};
#undef TILES_OF

// The most vectors that a tile of so many rows can have: with few rows more of them, to keep the processor busy.
INLINE int NAME(most_vectors)(int64_t rows) { return rows == 1 ? 8 : rows == 2 ? 4 : 2; }

INLINE void NAME(run_equal)(const NAME(Tile) *t, int64_t rows, int vectors, int64_t count) {
  if (vectors == 8) NAME(tile_1_8)(t, count);
  else if (vectors == 4) (rows == 1 ? NAME(tile_1_4) : NAME(tile_2_4))(t, count);
  else NAME(tiles)[rows][vectors - 1](t, count);
}

// As many tiles below each other as there are rows.
INLINE void NAME(run_tiles)(const NAME(Tile) *t, int64_t rows, int vectors) {
  const int64_t count = rows / TILE_ROWS, done = count * TILE_ROWS;
  NAME(Tile) rest = *t;
  rest.a += done * t->a_row, rest.start += done * t->start_row, rest.out += done * t->out_row;
  if (count) NAME(run_equal)(t, TILE_ROWS, vectors, count);
  if (done < rows) NAME(run_equal)(&rest, rows - done, vectors, 1);
}

// ------------------------------------------------------------------------------------------------------------- packing

// Lanes of two vectors, which are counted from 0 to 2 LANES - 1.
#if defined(__clang__)
INLINE REAL NAME(shuffled)(REAL a, REAL b, SIGNED from) {
  REAL y;
#pragma GCC unroll 16
  for (int i = 0; i < NAME(LANES); i++) y[i] = from[i] < NAME(LANES) ? a[from[i]] : b[from[i] - NAME(LANES)];
  return y;
}
#else
INLINE REAL NAME(shuffled)(REAL a, REAL b, SIGNED from) { return __builtin_shuffle(a, b, from); }
#endif

// Rows become columns: within groups of 16 bytes by shuffling like cards, then the groups by exchange. (Each of these
// shuffles is one instruction of x86.)
INLINE void NAME(transpose)(REAL *x) {
  enum { GROUP = 16 / sizeof(SCALAR) };
  REAL y[NAME(LANES)];
  SIGNED lane, low, high;
#pragma GCC unroll 16
  for (int i = 0; i < NAME(LANES); i++) {
    lane[i] = i;
    low[i] = i / GROUP * GROUP + i % GROUP / 2 + i % 2 * NAME(LANES);
    high[i] = low[i] + GROUP / 2;
  }
#pragma GCC unroll 4
  for (int round = 1; round < GROUP; round *= 2) {
#pragma GCC unroll 16
    for (int i = 0; i < NAME(LANES); i++) y[i] = x[i];
#pragma GCC unroll 16
    for (int i = 0; i < NAME(LANES); i += 2) {
      int one = i / GROUP * GROUP + i % GROUP / 2, two = one + GROUP / 2;
      x[i] = NAME(shuffled)(y[one], y[two], low);
      x[i + 1] = NAME(shuffled)(y[one], y[two], high);
    }
  }
#pragma GCC unroll 4
  for (int span = GROUP; span < NAME(LANES); span *= 2) {
    SIGNED upper = (lane & span) != 0, first = lane + (upper & (NAME(LANES) - span)), second = lane + (upper & (NAME(LANES) - span)) + span;
#pragma GCC unroll 16
    for (int i = 0; i < NAME(LANES); i++) {
      if (i & span) continue;
      REAL one = x[i], two = x[i + span];
      x[i] = NAME(shuffled)(one, two, first);
      x[i + span] = NAME(shuffled)(one, two, second);
    }
  }
}

// One vector of b for each of `depth` steps of k, `apart` numbers from each other. Of columns that are not there: 0.
INLINE void NAME(pack_vector)(SCALAR *to, int64_t apart, const SCALAR *b, int64_t step, int64_t column, int64_t width,
                              int64_t depth) {
  int64_t k = 0;
  if (width == NAME(LANES) && column == 1) {
    for (; k < depth; k++) NAME(store)(to + k * apart, NAME(load)(b + k * step));
  }
  if (width == NAME(LANES) && step == 1) {
    for (; k + NAME(LANES) <= depth; k += NAME(LANES)) {
      REAL x[NAME(LANES)];
#pragma GCC unroll 16
      for (int i = 0; i < NAME(LANES); i++) x[i] = NAME(load)(b + k + i * column);
      NAME(transpose)(x);
#pragma GCC unroll 16
      for (int i = 0; i < NAME(LANES); i++) NAME(store)(to + (k + i) * apart, x[i]);
    }
  }
  for (; k < depth; k++) {
    for (int64_t i = 0; i < NAME(LANES); i++) to[k * apart + i] = i < width ? b[k * step + i * column] : 0;
  }
}

// ----------------------------------------------------------------------------------------------------------- the ends

static const SCALAR NAME(zeros)[WIDEST * NAME(LANES)];

// A rectangle with any strides, to rows of `apart` numbers one after another, and back.
INLINE void NAME(gather)(SCALAR *to, int64_t apart, const SCALAR *from, int64_t row, int64_t column, int64_t rows,
                         int64_t columns) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t n = 0; n < columns; n++) to[r * apart + n] = from[r * row + n * column];
    for (int64_t n = columns; n < apart; n++) to[r * apart + n] = 0;
  }
}
INLINE void NAME(scatter)(SCALAR *to, int64_t row, int64_t column, const SCALAR *from, int64_t apart, int64_t rows,
                          int64_t columns) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t n = 0; n < columns; n++) to[r * row + n * column] = from[r * apart + n];
  }
}

// A strip of out from top to bottom, over some steps of k; `t` says where the operands are. What has unit strides is read and
// written where it is, and the rest tile by tile through a square on the stack.
static void NAME(strip)(const NAME(Product) *p, NAME(Tile) t, int64_t column, int vectors, int64_t width, int first) {
  const int64_t apart = vectors * NAME(LANES), whole = width >= NAME(LANES);
  SCALAR *out = p->out + column * p->out_column;
  const SCALAR *start = first ? p->bias ? p->bias + column * p->bias_column : 0 : out;
  const int64_t start_row = first ? p->bias_row : p->out_row, start_column = first ? p->bias_column : p->out_column;
  const int starts = !start || (whole && start_column == 1), ends = whole && p->out_column == 1;
  t.last = whole ? width - NAME(LANES) : 0;
  if (starts) t.start = start ? start : NAME(zeros), t.start_row = start ? start_row : 0;
  if (starts && ends) {
    t.out = out, t.out_row = p->out_row;
    NAME(run_tiles)(&t, p->rows, vectors);
    return;
  }
  SCALAR before[2 * TILE_ROWS * NAME(LANES)], after[2 * TILE_ROWS * NAME(LANES)];
  for (int64_t row = 0; row < p->rows; row += TILE_ROWS) {
    const int64_t rows = smaller(TILE_ROWS, p->rows - row);
    if (!starts) {
      NAME(gather)(before, apart, start + row * start_row, start_row, start_column, rows, width);
      t.start = before, t.start_row = apart;
    }
    t.out = ends ? out + row * p->out_row : after, t.out_row = ends ? p->out_row : apart;
    NAME(run_tiles)(&t, rows, vectors);
    if (!ends) NAME(scatter)(out + row * p->out_row, p->out_row, p->out_column, after, apart, rows, width);
    t.a += TILE_ROWS * t.a_row;
    if (starts) t.start += TILE_ROWS * t.start_row;
  }
}

// How many vectors the next tile has, of `left` ones: small tiles come first, so that the last one has a vector to move back.
INLINE int NAME(next_vectors)(int64_t left, int most) {
  int64_t odd = left % most;
  return odd ? (int)(odd & -odd) : most;
}

// The same numbers, because out is the transpose of b's transpose times a's.
INLINE NAME(Product) NAME(transposed)(const NAME(Product) *p) {
  return (NAME(Product)){
      p->b, p->b_column, p->b_step, p->a, p->a_step, p->a_row, p->bias, p->bias_column, p->bias_row,
      p->out, p->out_column, p->out_row, p->columns, p->rows, p->depth, p->scratch,
  };
}

static void NAME(product)(const NAME(Product) *given) {
  int thin = given->columns <= NAME(LANES) / 2 && given->rows > given->columns;
  NAME(Product) p = thin || (given->out_row == 1 && given->out_column != 1) ? NAME(transposed)(given) : *given;
  if (p.rows <= 0 || p.columns <= 0) return;

  const int most = NAME(most_vectors)(p.rows);
  // Columns of b that are used once are read where they are, and all of k at once.
  const int in_place = p.b_column == 1 && p.columns >= NAME(LANES) && p.rows <= TILE_ROWS;
  const int64_t limit = in_place ? p.depth : smaller(BLOCK_DEPTH, PANEL_NUMBERS / (most * NAME(LANES)));
  int64_t k = 0;
  do {
    const int64_t depth = smaller(limit, p.depth - k);
    int vectors;
    for (int64_t column = 0; column < p.columns; column += vectors * NAME(LANES)) {
      vectors = NAME(next_vectors)((p.columns - column + NAME(LANES) - 1) / NAME(LANES), most);
      const int64_t width = smaller(vectors * NAME(LANES), p.columns - column);
      const SCALAR *b = p.b + k * p.b_step + column * p.b_column;
      const int64_t last = width < NAME(LANES) ? 0 : width - NAME(LANES);
      NAME(Tile) t = {.a = p.a + k * p.a_step, .a_row = p.a_row, .a_step = p.a_step, .depth = depth};
      if (in_place) {
        t.b = b, t.b_step = p.b_step, t.b_last = last;
      } else {
        t.b = p.scratch, t.b_step = vectors * NAME(LANES), t.b_last = (vectors - 1) * NAME(LANES);
        for (int v = 0; v < vectors; v++) {
          int64_t at = v == vectors - 1 ? last : v * NAME(LANES);
          NAME(pack_vector)(p.scratch + v * NAME(LANES), t.b_step, b + at * p.b_column, p.b_step, p.b_column,
                            smaller(width, NAME(LANES)), depth);
        }
      }
      NAME(strip)(&p, t, column, vectors, width, k == 0);
    }
    k += depth;
  } while (k < p.depth);
}
