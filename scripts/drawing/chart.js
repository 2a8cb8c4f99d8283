// Axes, lines and legends, which all charts share.

const chart = (() => {
  function logAxis(name, label, extra) {
    const colors = theme.colors();
    return {
      type: 'log',
      name,
      nameLocation: 'middle',
      nameTextStyle: {color: colors.soft},
      axisLabel: {color: colors.soft, hideOverlap: true, formatter: label},
      axisLine: {lineStyle: {color: colors.line}},
      splitLine: {lineStyle: {color: colors.line, opacity: 0.6}},
      minorTick: {show: false},
      ...extra,
    };
  }

  // A range from `low` to the first tick from `high` on. The library draws a
  // tick at each power of the base, but only at each tenth power if there are
  // more than ten.
  function logRange(low, high) {
    const steps = (base) => Math.log(high / low) / Math.log(base);
    const logBase = [4, 16, 256].find((base) => steps(base) < 9) ?? 4096;
    const last = Math.ceil(Math.log(high) / Math.log(logBase) - 1e-9);
    return {logBase, min: low, max: logBase ** last};
  }

  // Half a step wider than the sizes, so that no point lies on the frame.
  function sizeAxis(sizes) {
    const [min, max] = [sizes[0] / 2, sizes.at(-1) * 2];
    const {logBase} = logRange(min, max);
    const axis = logAxis(
        'size of the data set', format.bytes, {logBase, min, max, nameGap: 28});
    Object.assign(axis.axisLabel, {showMinLabel: false, showMaxLabel: false});
    return axis;
  }

  function linearAxis(name, label, extra) {
    const {type, minorTick, ...axis} = logAxis(name, label, extra);
    return {type: 'value', ...axis};
  }

  // About six steps up to `most`, at powers of two.
  function byteSteps(most) {
    const interval = 2 ** Math.ceil(Math.log2(most / 6));
    return {interval, max: Math.ceil(most / interval) * interval};
  }

  // Puts the title above a vertical axis, where it is horizontal.
  const ABOVE = {nameLocation: 'end', nameGap: 12};

  function categoryAxis(names, extra) {
    return {
      type: 'category',
      data: names,
      axisLine: {show: false},
      axisTick: {show: false},
      axisLabel: {color: theme.colors().ink, interval: 0},
      ...extra,
    };
  }

  // The icons of the reference lines in a legend.
  const DASHES = 'path://M0 4h6v2H0zM8 4h6v2H8zM16 4h6v2h-6z';
  const DOTS =
      'path://M0 4h2v2H0zM5 4h2v2H5zM10 4h2v2h-2zM15 4h2v2h-2zM20 4h2v2h-2z';

  // A legend of allocators, then of reference lines by their icons.
  const legend = (names, references = {}, itemWidth = 22) => ({
    data: [
      ...names,
      ...Object.entries(references).map(([name, icon]) => ({name, icon}))
    ],
    top: 0,
    left: 0,
    textStyle: {color: theme.colors().ink},
    itemWidth,
    itemHeight: 10,
    itemGap: 16,
  });

  const GRID = {left: 28, right: 32, top: 56, bottom: 28, containLabel: true};

  const line = (name, points, {color, symbol}) => ({
    name,
    type: 'line',
    data: points,
    symbol,
    symbolSize: 8,
    lineStyle: {color, width: 2},
    itemStyle: {color}
  });

  // A line to compare measurements with.
  const reference = (name, points, dash) => ({
    name,
    type: 'line',
    data: points,
    symbol: 'none',
    silent: true,
    lineStyle: {color: theme.colors().ink, type: dash, width: 1.5},
    itemStyle: {color: theme.colors().ink},
    tooltip: {show: false},
    z: 3,  // In front of the measurements.
  });

  return {
    logAxis,
    logRange,
    sizeAxis,
    linearAxis,
    byteSteps,
    ABOVE,
    categoryAxis,
    legend,
    line,
    reference,
    DASHES,
    DOTS,
    GRID,
  };
})();
