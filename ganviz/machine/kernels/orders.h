// For both precisions: what goes along the middle of (outer, n, inner) from one number to the next. All is dense.

// Whether y stands before x in rising order; NaN comes last.
INLINE int NAME(is_before)(SCALAR y, SCALAR x) { return y < x || (y == y && x != x); }

// One round of a merge sort: runs of `length` numbers, sorted, become runs of twice that length. Of equal numbers that of
// the first run comes first.
static void NAME(merge_runs)(const SCALAR *x, const double *from, SCALAR *to, double *places, int64_t n, int64_t length) {
  for (int64_t begin = 0; begin < n; begin += 2 * length) {
    int64_t middle = begin + length < n ? begin + length : n, end = middle + length < n ? middle + length : n;
    int64_t a = begin, b = middle;
    for (int64_t i = begin; i < end; i++) {
      int64_t next = a < middle && !(b < end && NAME(is_before)(x[b], x[a])) ? a++ : b++;
      to[i] = x[next];
      places[i] = from[next];
    }
  }
}

// Rising order, and where each number came from. Arguments: places of the sorted numbers, of where they came from
// (float64), of the input and of working memory for two rows of n pairs; outer, n, inner.
static void NAME(sort_kernel)(Words arguments, char *memory) {
  SCALAR *out = (SCALAR *)(memory + arguments[0]);
  double *places = (double *)(memory + arguments[1]);
  const SCALAR *x = (const SCALAR *)(memory + arguments[2]);
  int64_t n = arguments[5], inner = arguments[6];
  double *came = (double *)(memory + arguments[3]), *came_too = came + n;
  SCALAR *row = (SCALAR *)(came_too + n), *row_too = row + n;
  for (int64_t k = 0; k < arguments[4] * inner; k++) {
    int64_t first = k / inner * n * inner + k % inner;
    SCALAR *sorted = row, *merged = row_too;
    double *from = came, *from_too = came_too;
    for (int64_t i = 0; i < n; i++) {
      sorted[i] = x[first + i * inner];
      from[i] = (double)i;
    }
    for (int64_t length = 1; length < n; length *= 2) {
      NAME(merge_runs)(sorted, from, merged, from_too, n, length);
      SCALAR *other = sorted;
      double *other_from = from;
      sorted = merged, merged = other, from = from_too, from_too = other_from;
    }
    for (int64_t i = 0; i < n; i++) {
      out[first + i * inner] = sorted[i];
      places[first + i * inner] = from[i];
    }
  }
}

// Sums from the first to each, one after another. Arguments: places of the output and of the input; outer, n, inner.
static void NAME(running_sum_kernel)(Words arguments, char *memory) {
  SCALAR *out = (SCALAR *)(memory + arguments[0]);
  const SCALAR *x = (const SCALAR *)(memory + arguments[1]);
  int64_t outer = arguments[2], n = arguments[3], inner = arguments[4];
  for (int64_t k = 0; k < outer; k++, out += n * inner, x += n * inner) {
    for (int64_t i = 0; i < (n ? inner : 0); i++) out[i] = x[i];
    for (int64_t i = inner; i < n * inner; i++) out[i] = out[i - inner] + x[i];
  }
}

// How many of n numbers in rising order, NaN last, stand before x, or where `equals` count before it or beside it.
INLINE int64_t NAME(count)(const SCALAR *row, int64_t n, SCALAR x, const int equals) {
  int64_t first = 0;
  while (n > 0) {
    int64_t half = n / 2;
    int counts = equals ? !NAME(is_before)(x, row[first + half]) : NAME(is_before)(row[first + half], x);
    first = counts ? first + half + 1 : first;
    n = counts ? n - half - 1 : half;
  }
  return first;
}

// Arguments: places of the counts, of the numbers in rising order and of the others; how many of either there are.
INLINE void NAME(search)(Words arguments, char *memory, const int equals) {
  SCALAR *out = (SCALAR *)(memory + arguments[0]);
  const SCALAR *row = (const SCALAR *)(memory + arguments[1]), *x = (const SCALAR *)(memory + arguments[2]);
  for (int64_t i = 0; i < arguments[4]; i++) out[i] = (SCALAR)NAME(count)(row, arguments[3], x[i], equals);
}
static void NAME(count_below_kernel)(Words arguments, char *memory) { NAME(search)(arguments, memory, 0); }
static void NAME(count_up_to_kernel)(Words arguments, char *memory) { NAME(search)(arguments, memory, 1); }
