// Colours of the charts, for light and dark screens and for paper.

const theme = (() => {
  const LIGHT = {
    ink: '#1b1f24',
    soft: '#57606a',
    line: '#d8dee4',
    paper: '#ffffff',
    nothing: '#e9eef2',
    shared: '#d5dde5',
    copied: '#c4372c',
    // From little to much copied, which must look bad; and the colour of text
    // on each.
    ramp: ['#fff1d6', '#fdc886', '#f18f4b', '#cf4632', '#8c1526'],
    rampText: ['#3d2b00', '#3d1f00', '#2b0e00', '#fffdfc', '#fff8f7'],
    // Colour-blind people can distinguish these (after Okabe and Ito).
    series: ['#0072b2', '#d55e00', '#008a63', '#b0528a', '#7a6a00', '#56748a'],
  };
  const DARK = {
    ink: '#e4e8ec',
    soft: '#9da7b1',
    line: '#343b43',
    paper: '#14171b',
    nothing: '#232a31',
    shared: '#39434d',
    copied: '#f0604f',
    ramp: ['#3b2d1e', '#71401d', '#a94c22', '#cb3c28', '#ff5b52'],
    rampText: ['#ffe9c6', '#ffe3cb', '#fff1e7', '#fffefe', '#1a0000'],
    series: ['#4aa8e8', '#ff8f45', '#2fc79a', '#e58fc2', '#d9c64a', '#9fb8c9'],
  };
  // For those who cannot distinguish the colours.
  const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'pin', 'arrow'];

  let current = LIGHT;

  // The largest share of each step of the ramp; the last step has no end.
  const STEPS = [0.05, 0.25, 0.5, 0.75];

  // The colours of a copied share. There are few steps, so that each colour of
  // one scheme has a counterpart in the other.
  function share(value) {
    if (value === 0) return {fill: current.nothing, text: current.soft};
    const at = STEPS.findIndex((end) => value <= end);
    const step = at < 0 ? STEPS.length : at;
    return {fill: current.ramp[step], text: current.rampText[step]};
  }

  // Colour and symbol of the `i`th series.
  const series = (i) => ({
    color: current.series[i % current.series.length],
    symbol: SYMBOLS[i % SYMBOLS.length],
  });

  return {
    STEPS,
    colors: () => current,
    share,
    series,
    allocator: (name) => series(model.allocators.indexOf(name)),
    useDark: (dark) => {
      current = dark ? DARK : LIGHT;
    },
    // [light, dark] of every colour.
    pairs: () => Object.keys(LIGHT).flatMap(
        (key) => [LIGHT[key]].flat().map(
            (light, i) => [light, [DARK[key]].flat()[i]])),
  };
})();
