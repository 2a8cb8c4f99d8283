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
    // From little to much copying, each with the colour of text on it: much
    // must look bad.
    ramp: ['#fff1d6', '#fdc886', '#f18f4b', '#cf4632', '#8c1526'],
    rampText: ['#3d2b00', '#3d1f00', '#2b0e00', '#fffdfc', '#fff8f7'],
    // Told apart with colour-blind eyes, too (after Okabe and Ito).
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
  // A second mark for those who cannot tell the colours apart.
  const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'pin', 'arrow'];

  let current = LIGHT;

  // The shares up to which a step of the ramp reaches; the last has no end.
  const STEPS = [0.05, 0.25, 0.5, 0.75];

  // How a share of the data looks. In steps, so that each colour has a name
  // and a colour of the other scheme that stands for it.
  function share(value) {
    if (value === 0) return {fill: current.nothing, text: current.soft};
    const at = STEPS.findIndex((end) => value <= end);
    const step = at < 0 ? STEPS.length : at;
    return {fill: current.ramp[step], text: current.rampText[step]};
  }

  // How the `i`th of several series looks.
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
    // The colours of light and dark that stand for one another.
    pairs: () => Object.keys(LIGHT).flatMap(
        (key) => [LIGHT[key]].flat().map(
            (light, i) => [light, [DARK[key]].flat()[i]])),
  };
})();
