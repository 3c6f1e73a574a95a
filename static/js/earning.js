/* What an entry of a WorldSkills form earns, worked out on the tablet in whole 1/10000 so that it is there at once.
   The server works it out again and its answer stands. `rule` is the data-earning of an aspect. */
(() => {
  "use strict";

  const SCALE = 10000n;
  const CENT = 100n;
  const PLACES = 4;

  // "1.7" → 17000n; null for what is no number yet
  function units(text) {
    const found = /^(\d+)(?:\.(\d{1,4})?)?$/.exec(text ?? "");
    return found ? BigInt(found[1]) * SCALE + BigInt((found[2] || "").padEnd(PLACES, "0")) : null;
  }

  // Without trailing zeros, or with `least` places
  function text(value, least = 0) {
    const sign = value < 0n ? "−" : "";
    const whole = value < 0n ? -value : value;
    let places = String(whole % SCALE).padStart(PLACES, "0").replace(/0+$/, "");
    places = places.padEnd(least, "0");
    return `${sign}${whole / SCALE}${places ? `.${places}` : ""}`;
  }

  const rounded = (numerator, denominator) => ((2n * numerator + denominator * CENT) / (2n * denominator * CENT)) * CENT;
  const bandOf = (rule, value) => rule.bands.findIndex(([low, high]) => BigInt(low) <= value && value <= BigInt(high));

  // How far a measured value is from the target, and what that costs
  function away(rule, value) {
    const distance = value - BigInt(rule.target);
    const far = distance < 0n ? -distance : distance;
    const over = far - BigInt(rule.tolerance);
    const interval = BigInt(rule.interval);
    const begun = over > 0n ? (over + interval - 1n) / interval : 0n;
    const off = begun * BigInt(rule.deduction);
    const marks = rule.percent ? rounded(BigInt(rule.maximum) * off, 100n * SCALE) : off;
    return { distance: far, off: marks > BigInt(rule.maximum) ? BigInt(rule.maximum) : marks };
  }

  // null where nothing is entered, and for a judgement, which earns nothing before the panel is complete
  function of(rule, entered) {
    const value = units(entered);
    if (value === null || rule.kind === "judgement") return null;
    const maximum = BigInt(rule.maximum);
    if (rule.kind === "pass_fail") return value ? maximum : 0n;
    if (rule.kind === "completed") return rounded(maximum * value, BigInt(rule.total) * SCALE);
    if (rule.kind === "choice") return BigInt(rule.marks[Number(value / SCALE) - 1] ?? 0);
    if (rule.kind === "ranged") return BigInt(rule.bands[bandOf(rule, value)]?.[2] ?? 0);
    if (rule.kind === "difference") return maximum - away(rule, value).off;
    return value;
  }

  window.earning = { units, text, of, away, bandOf };
})();
