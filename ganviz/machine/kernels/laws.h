// For both precisions: uniform and normal numbers from a tile of random bits.

enum { NAME(TILE) = TILE_BLOCKS * 16 / sizeof(SCALAR), NAME(LANES) = VECTOR_BYTES / sizeof(SCALAR) };

typedef REAL NAME(Aliased) __attribute__((may_alias));
typedef union { Tile bits; SCALAR number[NAME(TILE)] __attribute__((aligned(64))); } NAME(Numbers);

INLINE REAL NAME(load)(const SCALAR *from) { return *(const NAME(Aliased) *)from; }
INLINE void NAME(store)(SCALAR *to, REAL x) { *(NAME(Aliased) *)to = x; }

// Uniform in [1, 2): the upper bits of each word behind a 1.
INLINE REAL NAME(from_one_to_two)(REAL bits) {
  return (REAL)(((UNSIGNED)bits >> (SIGN_BIT + 1 - MANTISSA_BITS)) | ONE);
}

// k / 2^m for the upper m bits k of a word, m = 23 or 52: 0 may come out, 1 never.
INLINE void NAME(uniform)(NAME(Numbers) *tile) {
  for (int i = 0; i < NAME(TILE); i += NAME(LANES)) {
    REAL bits = NAME(load)(tile->number + i);
    NAME(store)(tile->number + i, NAME(from_one_to_two)(bits) - R(1));
  }
}

// (k + ½) / 2^m: neither 0 nor 1 comes out, and u as often as 1 − u.
INLINE void NAME(uniform_open)(NAME(Numbers) *tile) {
  for (int i = 0; i < NAME(TILE); i += NAME(LANES)) {
    REAL bits = NAME(load)(tile->number + i);
    NAME(store)(tile->number + i, NAME(from_one_to_two)(bits) - (R(1) - HALF_STEP));
  }
}

// Box and Muller 1958: of two uniform numbers the first gives the radius, the second the angle, and the point's two
// coordinates are the two normal numbers.
INLINE void NAME(normal)(NAME(Numbers) *tile) {
  SCALAR radius[NAME(TILE) / 2] __attribute__((aligned(64))), turn[NAME(TILE) / 2] __attribute__((aligned(64)));
  NAME(uniform_open)(tile);
  for (int i = 0; i < NAME(TILE) / 2; i++) {
    radius[i] = tile->number[2 * i];
    turn[i] = tile->number[2 * i + 1];
  }
  for (int i = 0; i < NAME(TILE) / 2; i += NAME(LANES)) {
    NAME(Binary) parts = NAME(binary)(NAME(load)(radius + i));
    REAL log = NAME(log_of_parts)(parts.n, parts.m - R(1), NAME(splat)(0)), size = NAME(sqrt)(R(-2) * log);
    NAME(Point) point = NAME(after_turn)(NAME(load)(turn + i));
    NAME(store)(radius + i, size * point.cosine);
    NAME(store)(turn + i, size * point.sine);
  }
  for (int i = 0; i < NAME(TILE) / 2; i++) {
    tile->number[2 * i] = radius[i];
    tile->number[2 * i + 1] = turn[i];
  }
}

// The first `count` numbers of a draw, a tile at a time.
INLINE void NAME(draw)(void (*law)(NAME(Numbers) *), Counter at, SCALAR *out, int64_t count) {
  unsigned mode = standard_arithmetic();
  for (int64_t done = 0; done < count; done += NAME(TILE)) {
    NAME(Numbers) tile;
    fill(&tile.bits, at, (uint64_t)(done / NAME(TILE) * TILE_BLOCKS));
    law(&tile);
    int64_t left = count - done;
    for (int64_t i = 0; i < (left < NAME(TILE) ? left : NAME(TILE)); i++) out[done + i] = tile.number[i];
  }
  as_before(mode);
}
