// Colours of the charts, for light and dark screens and for paper.

const theme = (() => {
  const LIGHT = {
    ink: '#1b1f24',
    soft: '#57606a',
    line: '#d8dee4',
    paper: '#ffffff',
    nothing: '#e9edf1',
    // From little to much copying.
    ramp: ['#fff1cf', '#fdc777', '#f28e43', '#cf4a32', '#7d1128'],
    // Told apart with colour-blind eyes, too (after Okabe and Ito).
    series: ['#0072b2', '#d55e00', '#008a63', '#b0528a', '#7a6a00', '#56748a'],
  };
  const DARK = {
    ink: '#e4e8ec',
    soft: '#9da7b1',
    line: '#343b43',
    paper: '#14171b',
    nothing: '#252b32',
    ramp: ['#3a2a1f', '#7a3f1d', '#bd5a22', '#ef9440', '#ffdf9e'],
    series: ['#4aa8e8', '#ff8f45', '#2fc79a', '#e58fc2', '#d9c64a', '#9fb8c9'],
  };
  // A second mark for those who cannot tell the colours apart.
  const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'pin', 'arrow'];

  const dark = matchMedia('(prefers-color-scheme: dark)');
  let printing = false;

  const colors = () => dark.matches && !printing ? DARK : LIGHT;

  const channels =
      (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  // The ramp's colour at `position` in 0..1, as channels.
  function mix(position) {
    const ramp = colors().ramp;
    const at = Math.min(Math.max(position, 0), 1) * (ramp.length - 1);
    const low = Math.min(Math.floor(at), ramp.length - 2);
    const [from, to] = [channels(ramp[low]), channels(ramp[low + 1])];
    return from.map((c, i) => Math.round(c + (to[i] - c) * (at - low)));
  }

  // Relative luminance as WCAG 2 defines it.
  function luminance(rgb) {
    const [r, g, b] = rgb.map((c) => {
      c /= 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function rampColor(position) {
    const rgb = mix(position);
    // Black and white are equally legible at this luminance.
    const text = luminance(rgb) > 0.179 ? '#000000' : '#ffffff';
    return {fill: `rgb(${rgb.join(',')})`, text};
  }

  function allocator(name) {
    const i = model.allocators.indexOf(name);
    const {series} = colors();
    return {
      color: series[i % series.length],
      symbol: SYMBOLS[i % SYMBOLS.length]
    };
  }

  // Calls back whenever the colours change.
  function onChange(redraw) {
    dark.addEventListener('change', redraw);
    addEventListener('beforeprint', () => {
      printing = true;
      redraw();
    });
    addEventListener('afterprint', () => {
      printing = false;
      redraw();
    });
  }

  return {colors, rampColor, allocator, onChange, isPrinting: () => printing};
})();
