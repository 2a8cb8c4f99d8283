// What all charts share: how they are drawn, their axes, lines and legends.

const chart = (() => {
  // Charts on paper are as wide as a page, whatever the window was, and low
  // enough for two of them.
  const PAPER_WIDTH = 660;
  const PAPER_HEIGHT = 0.75;

  // Options common to all charts. Tooltips are drawn, not written as HTML, so
  // that no name is ever parsed.
  function base() {
    const colors = theme.colors();
    return {
      animation: false,
      textStyle: {
        fontFamily: getComputedStyle(document.body).fontFamily,
        color: colors.ink
      },
      tooltip: {
        renderMode: 'richText',
        confine: true,
        backgroundColor: colors.paper,
        borderColor: colors.line,
        textStyle: {color: colors.ink, fontSize: 12},
      },
    };
  }

  function draw(element, option, description) {
    dispose(element);
    const drawn = echarts.init(element, null, {
      renderer: 'svg',
      ...theme.isPrinting() &&
          {width: PAPER_WIDTH, height: element.clientHeight * PAPER_HEIGHT},
    });
    const common = base();
    drawn.setOption({
      ...common,
      ...option,
      tooltip: {...common.tooltip, ...option.tooltip}
    });
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', description);
    return drawn;
  }

  // Frees the charts in or at `element`.
  function dispose(element) {
    for (const holder of [element, ...element.querySelectorAll('.plot')]) {
      echarts.getInstanceByDom(holder)?.dispose();
    }
  }

  addEventListener('resize', () => {
    for (const holder of document.querySelectorAll('.plot')) {
      echarts.getInstanceByDom(holder)?.resize();
    }
  });

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

  // A range from `low`, in which `high` lies, and whose end is a tick. The
  // library has ticks at each power of the base, but only at each tenth where
  // there are more than ten.
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

  // How the reference lines look in a legend.
  const DASHES = 'path://M0 4h6v2H0zM8 4h6v2H8zM16 4h6v2h-6z';
  const DOTS =
      'path://M0 4h2v2H0zM5 4h2v2H5zM10 4h2v2h-2zM15 4h2v2h-2zM20 4h2v2h-2z';

  // A legend of allocators, then of reference lines by their icons.
  const legend = (names, references, itemWidth = 22) => ({
    data: [
      ...names,
      ...Object.entries(references).map(([name, icon]) => ({name, icon}))
    ],
    top: 0,
    textStyle: {color: theme.colors().ink},
    itemWidth,
    itemHeight: 10,
  });

  const GRID = {left: 28, right: 32, top: 36, bottom: 28, containLabel: true};

  function line(name, points) {
    const {color, symbol} = theme.allocator(name);
    return {
      name,
      type: 'line',
      data: points,
      symbol,
      symbolSize: 8,
      lineStyle: {color, width: 2},
      itemStyle: {color}
    };
  }

  // A line that is no measurement, to hold measurements against.
  const reference = (name, points, dash) => ({
    name,
    type: 'line',
    data: points,
    symbol: 'none',
    silent: true,
    lineStyle: {color: theme.colors().ink, type: dash, width: 1.5},
    itemStyle: {color: theme.colors().ink},
    tooltip: {show: false},
    z: 3,  // In sight even where a measurement is ideal.
  });

  return {
    draw,
    dispose,
    logAxis,
    logRange,
    sizeAxis,
    legend,
    line,
    reference,
    DASHES,
    DOTS,
    GRID,
  };
})();
