/** What an aircraft's `mode_code` means (DJI's Cloud API, properties of aircraft), and what follows from it. */

export const MODES: Record<number, string> = {
  0: "standing by",
  1: "preparing to take off",
  2: "ready to take off",
  3: "flown by hand",
  4: "taking off",
  5: "flying a wayline",
  6: "taking a panorama",
  7: "tracking",
  8: "giving way to other traffic",
  9: "returning home",
  10: "landing",
  11: "landing by force",
  12: "landing on three propellers",
  13: "upgrading",
  14: "not connected",
  15: "flown by hand with obstacle avoidance",
  16: "flown by virtual sticks",
  17: "flown by the live flight controls",
  18: "fixing RTK in the air",
  19: "choosing a dock site",
  20: "circling a point of interest",
  21: "entering or leaving a wayline",
};

export const RETURNING = 9;
/** Also where it lands already. */
const HOMEWARD = [RETURNING, 10, 11];
/** Standing by, preparing, ready, upgrading, not connected. */
const ON_THE_GROUND = [0, 1, 2, 13, 14];

/** On its way home or down, by its own word. */
export const isHomeward = (mode: unknown): boolean => HOMEWARD.includes(mode as number);

/** Flying, by its own word. */
export const isFlying = (mode: unknown): boolean => typeof mode === "number" && !ON_THE_GROUND.includes(mode);
