// For both precisions: many numbers become one, along the middle of (outer, many, inner).
//
// The order is stated, and does not depend on the width of a vector: of n rows the first ⌊n/2⌋ are joined with the next
// ⌊n/2⌋, each with the one as far down; an odd row at the end waits for the next round; and so on until one is left.
//
// Arguments: places of the output, of the input and of working memory; outer, many, inner.

enum { NAME(BLOCK) = 32 };  // columns at a time: half of them fit a cache

typedef struct {
  REAL (*before)(REAL);              // of each number, first
  REAL (*join)(REAL, REAL);
  REAL (*after)(REAL, SCALAR many);  // of what is left
  SCALAR none;                       // is left of no numbers
} NAME(Reduction);

// to[i] = join(before(low[i]), before(high[i]))
INLINE void NAME(join_rows)(NAME(Reduction) r, const SCALAR *low, const SCALAR *high, SCALAR *to, int64_t count) {
  int64_t i = 0;
  for (; i + NAME(LANES) <= count; i += NAME(LANES)) {
    NAME(store)(to + i, r.join(r.before(NAME(load)(low + i)), r.before(NAME(load)(high + i))));
  }
  if (i == count) return;
  REAL a = NAME(load_first)(low + i, count - i), b = NAME(load_first)(high + i, count - i);
  NAME(store_first)(to + i, r.join(r.before(a), r.before(b)), count - i);
}

// to[i] = before(from[i])
INLINE void NAME(take_row)(NAME(Reduction) r, const SCALAR *from, SCALAR *to, int64_t count) {
  int64_t i = 0;
  for (; i + NAME(LANES) <= count; i += NAME(LANES)) NAME(store)(to + i, r.before(NAME(load)(from + i)));
  if (i < count) NAME(store_first)(to + i, r.before(NAME(load_first)(from + i, count - i)), count - i);
}

INLINE REAL NAME(unchanged)(REAL x) { return x; }

// `width` columns of `many` ≥ 1 rows, to as many numbers.
INLINE void NAME(reduce_block)(NAME(Reduction) r, const SCALAR *x, int64_t many, int64_t inner, int64_t width, SCALAR *work) {
  int64_t half = many / 2;
  if (width == inner) {
    NAME(join_rows)(r, x, x + half * inner, work, half * inner);
  } else {
    for (int64_t i = 0; i < half; i++) {
      NAME(join_rows)(r, x + i * inner, x + (i + half) * inner, work + i * width, width);
    }
  }
  if (many % 2) NAME(take_row)(r, x + (many - 1) * inner, work + half * width, width);
  r.before = NAME(unchanged);
  for (many -= half; many > 1; many -= half) {
    half = many / 2;
    NAME(join_rows)(r, work, work + half * width, work, half * width);
    if (many % 2) NAME(take_row)(r, work + (many - 1) * width, work + half * width, width);
  }
}

INLINE void NAME(reduce)(NAME(Reduction) r, Words arguments, char *memory) {
  SCALAR *out = (SCALAR *)(memory + arguments[0]), *work = (SCALAR *)(memory + arguments[2]);
  const SCALAR *x = (const SCALAR *)(memory + arguments[1]);
  int64_t outer = arguments[3], many = arguments[4], inner = arguments[5];
  for (int64_t k = 0; k < outer; k++, x += many * inner, out += inner) {
    for (int64_t column = 0; column < inner; column += NAME(BLOCK)) {
      int64_t width = inner - column < NAME(BLOCK) ? inner - column : NAME(BLOCK);
      for (int64_t i = 0; i < (many ? 0 : width); i++) work[i] = r.none;
      if (many) NAME(reduce_block)(r, x + column, many, inner, width, work);
      for (int64_t i = 0; i < width; i += NAME(LANES)) {
        int64_t count = width - i < NAME(LANES) ? width - i : NAME(LANES);
        NAME(store_first)(out + column + i, r.after(NAME(load_first)(work + i, count), (SCALAR)many), count);
      }
    }
  }
}

INLINE REAL NAME(sum_after)(REAL x, SCALAR many) { (void)many; return x; }
INLINE REAL NAME(mean_after)(REAL x, SCALAR many) { return x / NAME(splat)(many); }
INLINE REAL NAME(norm_after)(REAL x, SCALAR many) { (void)many; return NAME(sqrt)(x); }
INLINE REAL NAME(is_true)(REAL x) { return NAME(truth)(x != ZERO); }
