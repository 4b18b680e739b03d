// For both precisions: products of matrices. Needs lanes.h and functions.h.
//
// out[m, n] starts at bias[m, n] and then, for k = 0, 1, … in that order, becomes fused(a[m, k], b[k, n], out[m, n]). No sum
// is split and no order changed, so that neither strides nor tiles nor the width of vectors change a bit: only different
// numbers of out are computed at the same time.
//
// As in BLIS (Van Zee and van de Geijn 2015), a tile of out stays in registers while k runs. Each step takes one number from
// each of its rows of a, wherever that lies, and some vectors of b, which lie packed in scratch where more than one tile
// needs them. Where a row of out ends within a vector, the tile's last vector is moved back: it then overlaps the one
// before, and the same numbers are computed twice.
//
// What is done to each number of the product, such as an activation, is done before the tile leaves the registers.

typedef struct {
  const SCALAR *a; int64_t a_row, a_step;             // a[m * a_row + k * a_step], any strides
  const SCALAR *b; int64_t b_step, b_column;          // b[k * b_step + n * b_column], any strides
  const SCALAR *bias; int64_t bias_row, bias_column;  // bias[m * bias_row + n * bias_column], or a null pointer: +0
  SCALAR *out; int64_t out_row, out_column;           // any strides; does not overlap with the operands
  int64_t rows, columns, depth;                       // of m, n and k; any may be 0
  SCALAR *scratch;                                    // product_scratch(rows, columns, depth) numbers, aligned to 64 bytes
  int64_t after;                                      // one of `After`
  double number;                                      // what that takes besides
  const SCALAR *x; int64_t x_row, x_column;           // and for a slope x[m * x_row + n * x_column], which it depends on
} NAME(Product);

#ifndef PRODUCTS_H
#define PRODUCTS_H

// What is done to the numbers at the end: maps of these names.
enum After { NOTHING, RELU, LEAKY, THRESHOLD_SLOPE, LEAKY_SLOPE };

// A tile of two vectors by so many rows fills the registers: 32 of them, or 16.
#if VECTOR_BYTES == 64 || defined(__aarch64__)
#define TILE_ROWS 12
#define FOR_ALL_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12)
#else
#define TILE_ROWS 6
#define FOR_ALL_ROWS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#endif

// The most vectors in a tile, numbers of scratch, and steps of k at a time (as many as leave room in the first cache).
enum { MOST_VECTORS = 8, PANEL = 4096, MOST_STEPS = 256 };

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// How many numbers of scratch a product needs at most (scratch_of in ganviz/machine/products.py): none if nothing is asked.
INLINE int64_t product_scratch(int64_t rows, int64_t columns, int64_t depth) {
  return rows > 0 && columns > 0 && depth > 0 ? PANEL : 0;
}

// The most vectors in a tile: more where rows are few, so that the processor always has sums to work at.
INLINE int most_vectors(int64_t rows) { return rows == 1 ? 8 : rows == 2 ? 4 : 2; }

// How many the next tile has, of `left` ones. Small tiles come first, so that there is a vector before the very last one,
// which that can be moved back into.
INLINE int next_vectors(int64_t left, int most) {
  int64_t odd = left % most;
  return odd ? (int)(odd & -odd) : most;
}

// Two vectors of 16 bytes shuffled into each other like cards: the lower and the upper half of the deck.
typedef float Group_f32 __attribute__((vector_size(16)));
typedef double Group_f64 __attribute__((vector_size(16)));
#if defined(__clang__)
#define SHUFFLED(a, b, places, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t Places_f32 __attribute__((vector_size(16)));
typedef int64_t Places_f64 __attribute__((vector_size(16)));
#define SHUFFLED(a, b, places, ...) __builtin_shuffle(a, b, (places){__VA_ARGS__})
#endif
INLINE Group_f32 lower_deck_f32(Group_f32 a, Group_f32 b) { return SHUFFLED(a, b, Places_f32, 0, 4, 1, 5); }
INLINE Group_f32 upper_deck_f32(Group_f32 a, Group_f32 b) { return SHUFFLED(a, b, Places_f32, 2, 6, 3, 7); }
INLINE Group_f64 lower_deck_f64(Group_f64 a, Group_f64 b) { return SHUFFLED(a, b, Places_f64, 0, 2); }
INLINE Group_f64 upper_deck_f64(Group_f64 a, Group_f64 b) { return SHUFFLED(a, b, Places_f64, 1, 3); }

#endif

// --------------------------------------------------------------------------------------------------------------- tiles

// What the tiles of a strip have in common: strides, what they read of b, for how many steps of k, and where their last
// vector begins, in out and in what is read of b.
typedef struct {
  int64_t a_row, a_step;
  const SCALAR *b; int64_t b_step, b_last;
  int64_t start_row, out_row, last, depth;
  int64_t after, x_row;
  SCALAR number;
} NAME(Strip);

// One step of k. Three rows of a share a pointer, because there are not enough registers for one each.
INLINE void NAME(step)(REAL (*sum)[MOST_VECTORS], const SCALAR **a, int64_t a_row, const SCALAR *b, int64_t b_last,
                       const int rows, const int vectors) {
  REAL of_b[MOST_VECTORS];
  UNROLLED for (int v = 0; v < vectors - 1; v++) of_b[v] = NAME(load)(b + v * NAME(LANES));
  of_b[vectors - 1] = NAME(load)(b + b_last);
  UNROLLED for (int r = 0; r < rows; r++) {
    REAL of_a = NAME(splat)(a[r / 3][r % 3 * a_row]);
    UNROLLED for (int v = 0; v < vectors; v++) sum[r][v] = NAME(fused)(of_a, of_b[v], sum[r][v]);
  }
}

// What is done to a tile's sums at the end; `x` is where that has its numbers from, if it has any.
#define EACH(finished)                                                                                                  \
  UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) {                                  \
    const SCALAR *here = x + r * s->x_row + (v == vectors - 1 ? s->last : v * NAME(LANES));                             \
    (void)here;                                                                                                         \
    sum[r][v] = finished;                                                                                               \
  }
INLINE void NAME(finish)(const NAME(Strip) *s, REAL (*sum)[MOST_VECTORS], const SCALAR *x, const int rows, const int vectors) {
  const REAL number = NAME(splat)(s->number);
  switch (s->after) {
    case RELU: EACH(NAME(relu)(sum[r][v])) break;
    case LEAKY: EACH(NAME(leaky)(sum[r][v], number)) break;
    case THRESHOLD_SLOPE: EACH(NAME(threshold_slope)(sum[r][v], NAME(load)(here), number)) break;
    case LEAKY_SLOPE: EACH(NAME(leaky_slope)(sum[r][v], NAME(load)(here), number)) break;
  }
}
#undef EACH

// One tile: `start` is what its sums start with.
INLINE void NAME(tile)(const NAME(Strip) *s, const SCALAR *a, const SCALAR *start, SCALAR *out, const SCALAR *x,
                       const int rows, const int vectors) {
  REAL sum[TILE_ROWS][MOST_VECTORS];
  UNROLLED for (int r = 0; r < rows; r++) {
    UNROLLED for (int v = 0; v < vectors - 1; v++) sum[r][v] = NAME(load)(start + r * s->start_row + v * NAME(LANES));
    sum[r][vectors - 1] = NAME(load)(start + r * s->start_row + s->last);
  }
  const SCALAR *of_rows[TILE_ROWS / 3], *b = s->b;
  const int64_t a_row = s->a_row, a_step = s->a_step, b_step = s->b_step, b_last = s->b_last;
  UNROLLED for (int i = 0; i < (rows + 2) / 3; i++) of_rows[i] = a + 3 * i * a_row;
  for (int64_t k = s->depth; k > 0; k--, b += b_step) {
    NAME(step)(sum, of_rows, a_row, b, b_last, rows, vectors);
    UNROLLED for (int i = 0; i < (rows + 2) / 3; i++) of_rows[i] += a_step;
  }
  if (s->after) NAME(finish)(s, sum, x, rows, vectors);
  const int64_t out_row = s->out_row, last = s->last;
  UNROLLED for (int r = 0; r < rows; r++) {
    UNROLLED for (int v = 0; v < vectors - 1; v++) NAME(store)(out + r * out_row + v * NAME(LANES), sum[r][v]);
    NAME(store)(out + r * out_row + last, sum[r][vectors - 1]);
  }
}

#define TILE(rows, vectors)                                                                                             \
  static void NAME(tile_##rows##_##vectors)(const NAME(Strip) *s, const SCALAR *a, const SCALAR *start, SCALAR *out,    \
                                            const SCALAR *x) {                                                          \
    NAME(tile)(s, a, start, out, x, rows, vectors);                                                                     \
  }
#define NARROW_TILES(rows) TILE(rows, 1) TILE(rows, 2)
FOR_ALL_ROWS(NARROW_TILES)
TILE(1, 4)
TILE(1, 8)
TILE(2, 4)
#undef NARROW_TILES
#undef TILE

typedef void (*NAME(TileFunction))(const NAME(Strip) *, const SCALAR *, const SCALAR *, SCALAR *, const SCALAR *);

INLINE NAME(TileFunction) NAME(tile_of)(int64_t rows, int vectors) {
#define NARROW_TILES(rows) {NAME(tile_##rows##_1), NAME(tile_##rows##_2)},
  static const NAME(TileFunction) narrow[TILE_ROWS][2] = {FOR_ALL_ROWS(NARROW_TILES)};
#undef NARROW_TILES
  if (vectors == 8) return NAME(tile_1_8);
  if (vectors == 4) return rows == 1 ? NAME(tile_1_4) : NAME(tile_2_4);
  return narrow[rows - 1][vectors - 1];
}

// -------------------------------------------------------------------------------------------------------------- packing

// A square of numbers from b, where those of one column lie together, to scratch, where those of one k do: as many each way
// as 16 bytes hold. Every round of shuffling doubles the runs of one k.
INLINE void NAME(turn)(SCALAR *to, int64_t apart, const SCALAR *from, int64_t column) {
  enum { GROUP = 16 / sizeof(SCALAR) };
  typedef NAME(Group) Unaligned __attribute__((aligned(1), may_alias));
  NAME(Group) x[GROUP], y[GROUP];
  UNROLLED for (int i = 0; i < GROUP; i++) x[i] = *(const Unaligned *)(from + i * column);
  UNROLLED for (int round = 1; round < GROUP; round *= 2) {
    UNROLLED for (int i = 0; i < GROUP; i++) y[i] = x[i];
    UNROLLED for (int i = 0; i < GROUP / 2; i++) {
      x[2 * i] = NAME(lower_deck)(y[i], y[i + GROUP / 2]);
      x[2 * i + 1] = NAME(upper_deck)(y[i], y[i + GROUP / 2]);
    }
  }
  UNROLLED for (int i = 0; i < GROUP; i++) *(Unaligned *)(to + i * apart) = x[i];
}

// A vector of b for each step of k, `apart` numbers from each other; 0 where b has no columns.
static inline void NAME(pack)(SCALAR *to, int64_t apart, const SCALAR *b, int64_t step, int64_t column, int64_t width,
                              int64_t depth) {
  enum { GROUP = 16 / sizeof(SCALAR) };
  int64_t k = 0;
  if (width == NAME(LANES) && column == 1) {
    for (; k < depth; k++) NAME(store)(to + k * apart, NAME(load)(b + k * step));
  } else if (width == NAME(LANES) && step == 1) {
    for (; k + GROUP <= depth; k += GROUP) {
      UNROLLED for (int i = 0; i < NAME(LANES); i += GROUP) NAME(turn)(to + k * apart + i, apart, b + k + i * column, column);
    }
  }
  for (; k < depth; k++) {
    for (int64_t i = 0; i < NAME(LANES); i++) to[k * apart + i] = i < width ? b[k * step + i * column] : 0;
  }
}

// --------------------------------------------------------------------------------------------------------------- strips

// A rectangle with any strides to rows of `apart` numbers one after another, and back.
INLINE void NAME(gather)(SCALAR *to, int64_t apart, const SCALAR *from, int64_t row, int64_t column, int64_t rows,
                         int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t n = 0; n < apart; n++) to[r * apart + n] = n < width ? from[r * row + n * column] : 0;
  }
}
INLINE void NAME(scatter)(SCALAR *to, int64_t row, int64_t column, const SCALAR *from, int64_t apart, int64_t rows,
                          int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t n = 0; n < width; n++) to[r * row + n * column] = from[r * apart + n];
  }
}

static const SCALAR NAME(zeros)[MOST_VECTORS * NAME(LANES)];

// `width` columns of out, from column `at` on, over the steps of k from `a` on. What vectors can read and write is read and
// written where it is, and anything else by way of a rectangle of its own.
static inline void NAME(fill)(NAME(Strip) s, const NAME(Product) *p, const SCALAR *a, int64_t at, int vectors,
                              int64_t width, int first) {
  SCALAR before[2 * TILE_ROWS * NAME(LANES)], after[2 * TILE_ROWS * NAME(LANES)], of_x[2 * TILE_ROWS * NAME(LANES)];
  SCALAR *out = p->out + at * p->out_column;
  const int zero = first && !p->bias, whole = width >= NAME(LANES);
  const SCALAR *start = zero ? NAME(zeros) : first ? p->bias + at * p->bias_column : out;
  const int64_t row = zero ? 0 : first ? p->bias_row : p->out_row, column = first ? p->bias_column : p->out_column;
  const int64_t apart = vectors * NAME(LANES);
  int starts = zero || (whole && column == 1);
  const int ends = whole && p->out_column == 1;
  if (!starts && row == 0) {  // all rows start alike
    NAME(gather)(before, apart, start, row, column, 1, width);
    start = before, starts = 1;
  }
  const int reads_x = s.after >= THRESHOLD_SLOPE, x_lies_so = whole && p->x_column == 1;
  const SCALAR *x = reads_x ? p->x + at * p->x_column : p->scratch;
  s.start_row = starts ? row : apart, s.out_row = ends ? p->out_row : apart, s.x_row = x_lies_so ? p->x_row : apart;
  const NAME(TileFunction) full = NAME(tile_of)(TILE_ROWS, vectors);
  for (int64_t top = 0; top < p->rows; top += TILE_ROWS) {
    const int64_t rows = smaller(TILE_ROWS, p->rows - top);
    const NAME(TileFunction) tile = rows == TILE_ROWS ? full : NAME(tile_of)(rows, vectors);
    const SCALAR *begin = start + top * row;
    SCALAR *end = out + top * p->out_row;
    if (!starts) NAME(gather)(before, apart, begin, row, column, rows, width);
    const SCALAR *turned = reads_x ? x + top * p->x_row : x;
    if (reads_x && !x_lies_so) {
      NAME(gather)(of_x, apart, turned, p->x_row, p->x_column, rows, width);
      turned = of_x;
    }
    tile(&s, a + top * p->a_row, starts ? begin : before, ends ? end : after, turned);
    if (!ends) NAME(scatter)(end, p->out_row, p->out_column, after, apart, rows, width);
  }
}

// The same after what the tiles will read of b is in its place.
static inline void NAME(strip)(const NAME(Product) *p, int64_t at, int vectors, int64_t k, int64_t depth, int in_place) {
  const int64_t width = smaller(vectors * NAME(LANES), p->columns - at), in_vector = smaller(width, NAME(LANES));
  const SCALAR *b = p->b + k * p->b_step + at * p->b_column;
  NAME(Strip) s = {.a_row = p->a_row, .a_step = p->a_step, .depth = depth, .last = width - in_vector};
  if (k + depth == p->depth) s.after = p->after, s.number = (SCALAR)p->number;
  if (in_place) {
    s.b = b, s.b_step = p->b_step, s.b_last = s.last;
  } else {
    s.b = p->scratch, s.b_step = vectors * NAME(LANES), s.b_last = s.b_step - NAME(LANES);
    for (int v = 0; v < vectors; v++) {
      const SCALAR *from = b + (v == vectors - 1 ? s.last : v * NAME(LANES)) * p->b_column;
      NAME(pack)(p->scratch + v * NAME(LANES), s.b_step, from, p->b_step, p->b_column, in_vector, depth);
    }
  }
  NAME(fill)(s, p, p->a + k * p->a_step, at, vectors, width, k == 0);
}

// ---------------------------------------------------------------------------------------------------------- the product

// The same numbers in another place: out's transpose is the product of b's transpose and a's.
INLINE NAME(Product) NAME(transposed)(const NAME(Product) *p) {
  return (NAME(Product)){
      p->b, p->b_column, p->b_step, p->a, p->a_step, p->a_row, p->bias, p->bias_column, p->bias_row,
      p->out, p->out_column, p->out_row, p->columns, p->rows, p->depth, p->scratch,
      p->after, p->number, p->x, p->x_column, p->x_row,
  };
}

// Whether vectors run along the columns of out rather than along its rows, which there are more of.
INLINE int NAME(upright)(const NAME(Product) *p) {
  if (p->columns <= NAME(LANES) / 2) return p->rows > p->columns;
  return p->out_row == 1 && p->out_column != 1 && p->rows >= NAME(LANES);
}

static inline void NAME(product)(const NAME(Product) *given) {
  if (given->rows <= 0 || given->columns <= 0) return;
  const NAME(Product) p = NAME(upright)(given) ? NAME(transposed)(given) : *given;
  // Of b, what only one tile needs is read where it is, for all of k.
  const int in_place = p.b_column == 1 && p.columns >= NAME(LANES) && p.rows <= TILE_ROWS, most = most_vectors(p.rows);
  const int64_t steps = in_place ? p.depth : smaller(MOST_STEPS, PANEL / (most * NAME(LANES)));
  int64_t k = 0;
  do {
    const int64_t depth = smaller(steps, p.depth - k);
    int vectors;
    for (int64_t at = 0; at < p.columns; at += vectors * NAME(LANES)) {
      vectors = next_vectors((p.columns - at + NAME(LANES) - 1) / NAME(LANES), most);
      NAME(strip)(&p, at, vectors, k, depth, in_place);
    }
    k += depth;
  } while (k < p.depth);
}
