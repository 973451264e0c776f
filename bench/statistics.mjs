const sorted = (values) => [...values].sort((a, b) => a - b);

export function quantile(values, q) {
  const s = sorted(values);
  const at = (s.length - 1) * q;
  const low = Math.floor(at);
  return s[low] + (s[Math.min(low + 1, s.length - 1)] - s[low]) * (at - low);
}

export const median = (values) => quantile(values, 0.5);
