// STAND-IN until the branch products lands.
typedef struct {
  const SCALAR *a; int64_t a_row, a_step;
  const SCALAR *b; int64_t b_step, b_column;
  const SCALAR *bias; int64_t bias_row, bias_column;
  SCALAR *out; int64_t out_row, out_column;
  int64_t rows, columns, depth;
  SCALAR *scratch;
} NAME(Product);

static void NAME(product)(const NAME(Product) *p) {
  for (int64_t m = 0; m < p->rows; m++)
    for (int64_t n = 0; n < p->columns; n++) {
      REAL sum = NAME(splat)(p->bias ? p->bias[m * p->bias_row + n * p->bias_column] : 0);
      for (int64_t k = 0; k < p->depth; k++)
        sum = NAME(fused)(NAME(splat)(p->a[m * p->a_row + k * p->a_step]), NAME(splat)(p->b[k * p->b_step + n * p->b_column]), sum);
      p->out[m * p->out_row + n * p->out_column] = sum[0];
    }
}
