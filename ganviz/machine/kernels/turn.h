// For both precisions: sine and cosine of an angle that is given in turns, as normal numbers need them. Nothing is lost by
// the reduction to |t| ≤ ⅛, because whole quarters of a turn are numbers.

typedef struct { REAL sine, cosine; } NAME(Point);

// The point on the circle after a part 0 ≤ u ≤ 1 of a turn.
INLINE NAME(Point) NAME(after_turn)(REAL u) {
  REAL shifted = NAME(fused)(u, NAME(splat)(4), NAME(splat)(ROUNDER));
  REAL t = NAME(fused)(shifted - ROUNDER, NAME(splat)(R(-0.25)), u), z = t * t;
  REAL small = NAME(fused)(z, POLYNOMIAL(z, TURN_SINE), NAME(splat)(NAME(TWO_PI)[1]));
  REAL sine = NAME(fused)(t, NAME(splat)(NAME(TWO_PI)[0]), t * small);
  REAL cosine = NAME(fused)(z, POLYNOMIAL(z, TURN_COSINE), NAME(splat)(1));
  SIGNED quarter = (SIGNED)shifted - (SIGNED)NAME(splat)(ROUNDER), odd = -(quarter & 1);
  UNSIGNED minus_sine = (UNSIGNED)(quarter & 2), minus_cosine = (UNSIGNED)((quarter + 1) & 2);
  UNSIGNED first = (UNSIGNED)NAME(select)(odd, cosine, sine), second = (UNSIGNED)NAME(select)(odd, sine, cosine);
  return (NAME(Point)){(REAL)(first ^ (minus_sine << (SIGN_BIT - 1))), (REAL)(second ^ (minus_cosine << (SIGN_BIT - 1)))};
}
