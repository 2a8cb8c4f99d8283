// The charts by size and the scatter plot, and what all charts share.

const plots = (() => {
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
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily,
                  color: colors.ink},
      tooltip: {
        renderMode: 'richText', confine: true, backgroundColor: colors.paper,
        borderColor: colors.line, textStyle: {color: colors.ink, fontSize: 12},
      },
    };
  }

  function draw(element, option, description) {
    dispose(element);
    const chart = echarts.init(element, null, {
      renderer: 'svg',
      ...theme.isPrinting() &&
          {width: PAPER_WIDTH, height: element.clientHeight * PAPER_HEIGHT},
    });
    const common = base();
    chart.setOption({...common, ...option,
                     tooltip: {...common.tooltip, ...option.tooltip}});
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', description);
    return chart;
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
      type: 'log', name, nameLocation: 'middle',
      nameTextStyle: {color: colors.soft},
      axisLabel: {color: colors.soft, hideOverlap: true, formatter: label},
      axisLine: {lineStyle: {color: colors.line}},
      splitLine: {lineStyle: {color: colors.line, opacity: 0.6}},
      minorTick: {show: false}, ...extra,
    };
  }

  // Half a step wider than the sizes, so that no point lies on the frame.
  function sizeAxis(sizes) {
    const axis = logAxis('size of the data set', format.bytes, {
      logBase: 4, min: sizes[0] / 2, max: sizes.at(-1) * 2, nameGap: 28,
    });
    Object.assign(axis.axisLabel, {showMinLabel: false, showMaxLabel: false});
    return axis;
  }

  const DASHES = 'path://M0 4h6v2H0zM8 4h6v2H8zM16 4h6v2h-6z';
  const DOTS = 'path://M0 4h2v2H0zM5 4h2v2H5zM10 4h2v2h-2zM15 4h2v2h-2zM20 4h2v2h-2z';

  // A legend of allocators, then of reference lines by their icons.
  const legend = (names, references, itemWidth = 22) => ({
    data: [...names, ...Object.entries(references).map(
        ([name, icon]) => ({name, icon}))],
    top: 0, textStyle: {color: theme.colors().ink}, itemWidth, itemHeight: 10,
  });

  const GRID = {left: 28, right: 24, top: 36, bottom: 28, containLabel: true};

  function line(name, points) {
    const {color, symbol} = theme.allocator(name);
    return {name, type: 'line', data: points, symbol, symbolSize: 8,
            lineStyle: {color, width: 2}, itemStyle: {color}};
  }

  // A line that is no measurement, to hold measurements against.
  const reference = (name, points, dash) => ({
    name, type: 'line', data: points, symbol: 'none', silent: true,
    lineStyle: {color: theme.colors().soft, type: dash, width: 1.5},
    itemStyle: {color: theme.colors().soft}, tooltip: {show: false}, z: 1,
  });

  // A logarithmic axis has no zero: what copied nothing lies on a floor below
  // every page, and the floor is labelled 0.
  const onFloor = (value, floor) => Math.max(value, floor);

  function ofAllocators(cases, metric, point) {
    return model.distinct(cases.map((item) => item.axes.allocator))
        .map((allocator) => [
          allocator,
          cases.filter((item) => item.axes.allocator === allocator &&
                                 item.metrics[metric])
              .sort((a, b) => a.size - b.size).map(point),
        ]);
  }

  // Copied bytes against size; `cases` are of one layout, pattern and variant.
  function copied(cases, pageSize) {
    const sizes = model.sizesOf(cases);
    const floor = pageSize / 4;
    const series = ofAllocators(cases, 'copied_bytes', (item) => ({
      item, value: [item.size,
                    onFloor(model.median(item, 'copied_bytes'), floor)],
    })).map(([name, points]) => line(name, points));
    // What was stored to does not depend on the allocator.
    const stored = new Map(cases.filter((item) => model.median(item, 'amplification'))
        .map((item) => [item.size, model.median(item, 'copied_bytes') /
                                       model.median(item, 'amplification')]));
    const ideal = sizes.filter((size) => stored.has(size))
        .map((size) => [size, onFloor(stored.get(size), floor)]);
    const names = series.map(({name}) => name);
    const references = {...(ideal.length && {ideal: DASHES}), 'all data': DOTS};
    draw(document.getElementById('copied-plot'), {
      grid: GRID, legend: legend(names, references),
      xAxis: sizeAxis(sizes),
      yAxis: logAxis('', (value) => value <= floor ? '0' : format.bytes(value),
                     {logBase: 4, min: floor}),
      tooltip: {formatter: ({data: {item}}) => `${item.id}\n` +
          `${format.bytes(model.median(item, 'copied_bytes'))} copied`},
      series: [...series, reference('ideal', ideal, 'dashed'),
               reference('all data', sizes.map((size) => [size, size]), 'dotted')],
    }, 'Copied bytes against size, a line for each allocator; its values follow ' +
       'as a table');
    bySize('copied-values', cases, sizes, 'copied_bytes', format.bytes);
  }

  function forkTime(cases) {
    const sizes = model.sizesOf(cases);
    const lines = ofAllocators(cases, 'fork_time', (item) => ({
      item, value: [item.size, model.median(item, 'fork_time')],
    }));
    const names = lines.map(([name]) => name);
    draw(document.getElementById('fork-plot'), {
      grid: GRID, legend: legend(names, {}), xAxis: sizeAxis(sizes),
      yAxis: logAxis('', format.seconds),
      tooltip: {formatter: ({data: {item}}) => {
        const {median, low, high} = item.metrics.fork_time;
        return `${item.id}\nfork ${format.seconds(median)}\n` +
            `${format.seconds(low)} to ${format.seconds(high)}, ` +
            `${item.repetitions} repetitions`;
      }},
      series: lines.flatMap(([name, points]) => [line(name, points),
                                                 ...ranges(name, points)]),
    }, 'Fork time against size, a line for each allocator; its values follow ' +
       'as a table');
    bySize('fork-values', cases, sizes, 'fork_time', format.seconds);
  }

  // A vertical bar from the lowest to the highest repetition of each point.
  function ranges(name, points) {
    const {color} = theme.allocator(name);
    return points.map(({item}) => item).filter((item) => item.repetitions > 1)
        .map((item) => ({
          name, type: 'line', symbol: 'none', silent: true,
          lineStyle: {color, width: 1.5, opacity: 0.7}, itemStyle: {color},
          data: [[item.size, item.metrics.fork_time.low],
                 [item.size, item.metrics.fork_time.high]],
        }));
  }

  function bySize(id, cases, sizes, metric, print) {
    const lines = ofAllocators(cases, metric, (item) => item);
    const rows = sizes.map((size) => [
      format.bytes(size), ...lines.map(([, items]) => {
        const item = items.find((candidate) => candidate.size === size);
        return item ? print(model.median(item, metric)) : '–';
      })]);
    dom.details(document.getElementById(id),
                ['size', ...lines.map(([name]) => name)], rows);
  }

  // Minor faults against copied pages, a point for each case of a run.
  function faults(cases, pageSize) {
    const floor = 0.25;
    const shown = cases.filter((item) => item.metrics.minor_faults &&
                                         item.metrics.copied_bytes);
    const point = (item) => ({item, value: [
      onFloor(model.median(item, 'copied_bytes') / pageSize, floor),
      onFloor(model.median(item, 'minor_faults'), floor)]});
    const series = ofAllocators(shown, 'minor_faults', point)
        .map(([name, data]) => {
          const {color, symbol} = theme.allocator(name);
          return {name, type: 'scatter', data, symbol, symbolSize: 8,
                  itemStyle: {color, opacity: 0.6}};
        });
    const most = Math.max(4, ...series.flatMap(({data}) =>
        data.flatMap(({value}) => value)));
    const label = (value) => value <= floor ? '0' : format.digits(value);
    const axis = (name, gap) => logAxis(
        name, label, {logBase: 4, min: floor, max: most * 2, nameGap: gap});
    draw(document.getElementById('faults-plot'), {
      grid: {...GRID, left: 40},
      legend: legend(series.map(({name}) => name), {'one page each': DASHES}, 14),
      xAxis: axis('pages copied', 28), yAxis: axis('minor faults', 52),
      tooltip: {formatter: ({data: {item}}) => `${item.id}\n` +
          `${format.digits(model.median(item, 'minor_faults'))} minor faults\n` +
          `${format.bytes(model.median(item, 'copied_bytes'))} copied`},
      series: [...series, reference('one page each',
                                    [[floor, floor], [most * 2, most * 2]], 'dashed')],
    }, 'Minor faults against copied pages, a point for each case; the table of ' +
       'all cases has the values');
  }

  return {draw, dispose, copied, forkTime, faults};
})();
