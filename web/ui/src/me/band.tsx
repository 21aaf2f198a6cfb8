/** A soft band on a line of 0 to 100 on which 63 to 77 is as expected. */
import type { Range } from "../generated/people";

export const EXPECTED = { from: 63, to: 77 } as const;

export function Band({ range, label, point }: { range: Range; label: string; point: boolean }) {
  return (
    <svg class="band" viewBox="0 0 1000 120" role="img" aria-label={label} preserveAspectRatio="none">
      <rect class="band-line" x="0" y="52" width="1000" height="16" />
      <rect class="band-zone" x={EXPECTED.from * 10} y="8" width={(EXPECTED.to - EXPECTED.from) * 10} height="104" />
      <rect class="band-own" x={range.low * 10} y="36" width={Math.max(8, (range.high - range.low) * 10)} height="48" />
      {point && <rect class="band-point" x={range.points * 10 - 2} y="20" width="4" height="80" />}
    </svg>
  );
}

/** What the line means: its ends, and the zone that is as expected. */
export function Axis({ middle }: { middle: string }) {
  return (
    <p class="axis quiet" aria-hidden="true">
      <span>0</span>
      <span style={{ left: `${(EXPECTED.from + EXPECTED.to) / 2}%` }}>{middle}</span>
      <span>100</span>
    </p>
  );
}
