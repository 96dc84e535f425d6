// What a PIN may be, and how long one waits after wrong ones.

const LEAST = 6;
const MOST = 12;
const WAITS = [0, 0, 5, 15, 30, 60, 300, 900, 1800, 3600]; // seconds after the first, second … wrong PIN

/** Why these digits are no good as a PIN: a key of the catalogue, or null. */
export function pinProblem(pin, again) {
  if (!/^[0-9]+$/.test(pin) || pin.length < LEAST || pin.length > MOST) return "pin_digits";
  if (easy(pin)) return "pin_easy";
  return pin === again ? null : "pin_differs";
}

// What is tried first: one digit or a few over and over, digits in a row, a day of birth.
function easy(pin) {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, index) => (digit - digits[index] + 10) % 10);
  if (steps.every((step) => step === steps[0]) && [0, 1, 9].includes(steps[0])) return true;
  if ([1, 2, 3, 4].some((length) => pin === pin.slice(0, length).repeat(pin.length / length + 1).slice(0, pin.length))) return true;
  return [pin, `19${pin}`, `20${pin}`].some(isDay);
}

function isDay(text) {
  const found = /^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Milliseconds until the next attempt after so many wrong ones. */
export function waitAfter(tries) {
  return tries ? 1000 * WAITS[Math.min(tries, WAITS.length) - 1] : 0;
}
