// For both precisions: a function at every place of rows of numbers. The output is dense; of an input each row has one
// number after another, or one that is the same all along.
//
// Arguments: place of the output, rows, columns; of each input its place, the stride from row to row, and that along a
// row, 1 or 0; the further numbers.

enum { NAME(LINE) = 64 / sizeof(SCALAR) };

INLINE void NAME(map)(REAL (*function)(const REAL *), int inputs, int numbers, Words arguments, char *memory) {
  SCALAR *out = (SCALAR *)(memory + arguments[0]);
  int64_t rows = arguments[1], columns = arguments[2];
  Words operands = arguments + 3, further = operands + 3 * inputs;
  REAL x[3];
  for (int k = 0; k < numbers; k++) x[inputs + k] = NAME(splat)((SCALAR)number_of(further[k]));
  for (int64_t row = 0; row < rows; row++, out += columns) {
    SCALAR same[3][NAME(LINE)] __attribute__((aligned(64)));
    const SCALAR *at[3];
    int64_t step[3], i = 0;
    for (int k = 0; k < inputs; k++) {
      at[k] = (const SCALAR *)(memory + operands[3 * k]) + row * operands[3 * k + 1];
      step[k] = operands[3 * k + 2];
      if (step[k]) continue;
      NAME(store)(same[k], NAME(splat)(*at[k]));  // read again and again, as if it were a row
      at[k] = same[k];
    }
    for (; i + NAME(LANES) <= columns; i += NAME(LANES)) {
      UNROLLED for (int k = 0; k < inputs; k++) x[k] = NAME(load)(at[k] + i * step[k]);
      NAME(store)(out + i, function(x));
    }
    if (i == columns) continue;
    for (int k = 0; k < inputs; k++) x[k] = NAME(load_first)(at[k] + i * step[k], columns - i);
    NAME(store_first)(out + i, function(x), columns - i);
  }
}
