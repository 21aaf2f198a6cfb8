/** A soft band on a line of 0 to 100 on which 63 to 77 is as expected. */
import type { Range } from "../generated/people";

export const EXPECTED = { from: 63, to: 77 } as const;

export function Band({ range, label, point }: { range: Range; label: string; point: boolean }) {
  return (
    <svg class="band" viewBox="0 0 1000 120" role="img" aria-label={label} preserveAspectRatio="none">
      <rect class="band-line" x="0" y="54" width="1000" height="12" rx="6" />
      <rect class="band-zone" x={EXPECTED.from * 10} y="30" width={(EXPECTED.to - EXPECTED.from) * 10} height="60" rx="8" />
      <rect class="band-own" x={range.low * 10} y="44" width={Math.max(8, (range.high - range.low) * 10)} height="32" rx="16" />
      {point && <rect class="band-point" x={range.points * 10 - 3} y="36" width="6" height="48" rx="3" />}
    </svg>
  );
}
