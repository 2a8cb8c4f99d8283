// Numbers as people read them.

const format = (() => {
  const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const TIMES = [['s', 1], ['ms', 1e-3], ['µs', 1e-6], ['ns', 1e-9]];

  // Three significant digits, or all digits of a whole number.
  function digits(exact) {
    // Removes rounding errors: 10.000000000000002 is 10.
    const value = Number(exact.toPrecision(12));
    if (Number.isInteger(value) || Math.abs(value) >= 100) {
      return value.toFixed(0);
    }
    if (Math.abs(value) < 1) return String(Number(value.toPrecision(3)));
    return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
  }

  function bytes(value) {
    let unit = 0;
    while (unit + 1 < BYTES.length && Math.abs(value) >= 1024) {
      value /= 1024;
      ++unit;
    }
    return `${digits(value)} ${BYTES[unit]}`;
  }

  function seconds(value) {
    const [name, scale] =
        TIMES.find(([, limit]) => Math.abs(value) >= limit) ?? TIMES.at(-1);
    return `${digits(value / scale)} ${name}`;
  }

  // A share in whole percent, or '<1' where that would round to 0.
  function percent(share) {
    const value = 100 * share;
    return value > 0 && value < 0.5 ? '<1' : value.toFixed(0);
  }

  const byUnit = {bytes, seconds};
  const inUnit = (value, unit) => (byUnit[unit] ?? digits)(value);

  return {digits, bytes, seconds, percent, inUnit};
})();
