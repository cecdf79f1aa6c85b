/**
 * Wilson score interval of a proportion (1927): stays inside 0…1 and is honest near its ends, unlike ±1.96·σ.
 */
export function wilsonInterval(successes: number, n: number, z = 1.959964): [number, number] {
  if (n === 0) return [0, 1];
  const p = successes / n;
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const centre = p + (z * z) / (2 * n);
  const divisor = 1 + (z * z) / n;
  return [Math.max(0, (centre - spread) / divisor), Math.min(1, (centre + spread) / divisor)];
}
