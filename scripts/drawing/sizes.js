// Copied bytes and times against size, for one layout, pattern and variant.

const sizes = (() => {
  // A logarithmic axis has no zero. So the label 0 stands at a floor of less
  // than a page, where cases lie that copied nothing.
  const onFloor = (value, floor) => Math.max(value, floor);

  const copiedBytes = (item) => model.median(item, 'copied_bytes');

  // [name, cases that have the metric, by size] of each allocator.
  function byAllocator(cases, metric) {
    const measured = cases.filter((item) => item.metrics[metric])
                         .sort((a, b) => a.size - b.size);
    const names = model.distinct(cases.map((item) => item.axes.allocator));
    return names.map((name) => {
      const own = measured.filter((item) => item.axes.allocator === name);
      return [name, own];
    });
  }

  // {size: bytes that the pattern stored to}, the same for all allocators.
  function storedBytes(cases) {
    const stored = new Map();
    for (const item of cases) {
      const amplification = model.median(item, 'amplification');
      if (amplification)
        stored.set(item.size, copiedBytes(item) / amplification);
    }
    return stored;
  }

  function copied(cases, pageSize) {
    const all = model.sizesOf(cases);
    const floor = pageSize / 4;
    const point = (item) =>
        ({item, value: [item.size, onFloor(copiedBytes(item), floor)]});
    const lines = byAllocator(cases, 'copied_bytes')
                      .map(
                          ([name, items]) => chart.line(
                              name, items.map(point), theme.allocator(name)));
    const ideal = [...storedBytes(cases)]
                      .sort(([a], [b]) => a - b)
                      .map(([size, bytes]) => [size, onFloor(bytes, floor)]);
    const most =
        Math.max(all.at(-1), ...cases.map(copiedBytes).filter(Boolean));
    const label = (value) => value <= floor ? '0' : format.bytes(value);
    return {
      grid: chart.GRID,
      legend: chart.legend(lines.map(({name}) => name), {
        ...(ideal.length && {'ideal': chart.DASHES}),
        'all data': chart.DOTS,
      }),
      xAxis: chart.sizeAxis(all),
      yAxis: chart.logAxis(
          'copied', label, {...chart.logRange(floor, most), ...chart.ABOVE}),
      tooltip: {
        formatter: ({data: {item}}) =>
            `${item.id}\n${format.bytes(copiedBytes(item))} copied`,
      },
      series: [
        ...lines,
        chart.reference('ideal', ideal, 'dashed'),
        chart.reference('all data', all.map((size) => [size, size]), 'dotted'),
      ],
    };
  }

  function time(cases, {name: metric, heading}) {
    const point = (item) =>
        ({item, value: [item.size, model.median(item, metric)]});
    const lines = byAllocator(cases, metric);
    return {
      grid: chart.GRID,
      legend: chart.legend(lines.map(([name]) => name)),
      xAxis: chart.sizeAxis(model.sizesOf(cases)),
      yAxis: chart.logAxis(heading, format.seconds, chart.ABOVE),
      tooltip: {formatter: ({data: {item}}) => timeText(item, metric)},
      series: lines.flatMap(
          ([name, items]) =>
              [chart.line(name, items.map(point), theme.allocator(name)),
               ...ranges(name, items, metric)]),
    };
  }

  function timeText(item, metric) {
    const {median, low, high} = item.metrics[metric];
    return `${item.id}\n${metric} ${format.seconds(median)}\n` +
        `${format.seconds(low)} to ${format.seconds(high)}, ` +
        `${item.repetitions} repetitions`;
  }

  // A vertical bar from the lowest to the highest repetition of each case.
  function ranges(name, items, metric) {
    const {color} = theme.allocator(name);
    const repeated = items.filter((item) => item.repetitions > 1);
    return repeated.map(({size, metrics: {[metric]: {low, high}}}) => ({
                          name,
                          type: 'line',
                          symbol: 'none',
                          silent: true,
                          lineStyle: {color, width: 1.5, opacity: 0.7},
                          itemStyle: {color},
                          data: [[size, low], [size, high]],
                        }));
  }

  // The same values as rows of a table.
  function values(cases, metric, print) {
    const lines = byAllocator(cases, metric);
    const rows = model.sizesOf(cases).map((size) => {
      const cells = lines.map(([, items]) => {
        const item = items.find((candidate) => candidate.size === size);
        return item ? print(model.median(item, metric)) : '–';
      });
      return [format.bytes(size), ...cells];
    });
    return [['size', ...lines.map(([name]) => name)], rows];
  }

  return {copied, time, values};
})();
