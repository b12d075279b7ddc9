/** Places by the metres along a route, for drawing: where a leg runs, where it is handed off. Pure. */

export interface Place {
  latitude: number;
  longitude: number;
}

type Waypoint = Place & { height: number };

const RADIUS = 6_371_000; // m
const SAME = 0.01; // m

/** Metres between two waypoints, with the climb, as the plan counts them. */
function between(a: Waypoint, b: Waypoint): number {
  const rad = Math.PI / 180;
  const north = (b.latitude - a.latitude) * rad;
  const east = (((b.longitude - a.longitude + 540) % 360) - 180) * rad;
  const chord =
    Math.sin(north / 2) ** 2 + Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(east / 2) ** 2;
  return Math.hypot(2 * RADIUS * Math.asin(Math.sqrt(chord)), b.height - a.height);
}

/** A route with the metres at its waypoints. `length` is the API's: ours is of a ball and differs by some per mille. */
export class Along {
  private readonly at: number[] = [0];

  constructor(
    private readonly points: Waypoint[],
    length?: number,
  ) {
    for (const [index, point] of points.entries()) {
      const before = points[index - 1];
      if (before) this.at.push((this.at.at(-1) ?? 0) + between(before, point));
    }
    const own = this.at.at(-1) ?? 0;
    if (length !== undefined && own > 0) this.at = this.at.map((metre) => (metre * length) / own);
  }

  place(metre: number): Place | null {
    const after = this.at.findIndex((at) => at >= metre - SAME);
    const b = this.points[after === -1 ? this.points.length - 1 : after];
    const a = this.points[after - 1];
    if (!b || !a) return b ?? null;
    const from = this.at[after - 1] ?? 0;
    const part = Math.min(1, (metre - from) / ((this.at[after] ?? from) - from || 1));
    return {
      latitude: a.latitude + part * (b.latitude - a.latitude),
      longitude: a.longitude + part * (b.longitude - a.longitude),
    };
  }

  /** From metre `start` to metre `end`, both included. */
  part(start: number, end: number): Place[] {
    const inside = this.points.filter((_, index) => {
      const at = this.at[index] ?? 0;
      return at > start + SAME && at < end - SAME;
    });
    return [this.place(start), ...inside, this.place(end)].filter((place) => place !== null);
  }
}
