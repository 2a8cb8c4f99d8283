// The charts by size, and the scatter plot of all cases.

const plots = (() => {
  // A logarithmic axis has no zero: what copied nothing lies on a floor below
  // every page, and the floor is labelled 0.
  const onFloor = (value, floor) => Math.max(value, floor);

  const copiedBytes = (item) => model.median(item, 'copied_bytes');

  // For each allocator its name and its cases that have the metric, by size.
  function byAllocator(cases, metric) {
    const measured = cases.filter((item) => item.metrics[metric])
                         .sort((a, b) => a.size - b.size);
    const names = model.distinct(cases.map((item) => item.axes.allocator));
    return names.map((name) => {
      const own = measured.filter((item) => item.axes.allocator === name);
      return [name, own];
    });
  }

  // Bytes that the pattern stored to, by size. It does not depend on the
  // allocator.
  function storedBytes(cases) {
    const stored = new Map();
    for (const item of cases) {
      const amplification = model.median(item, 'amplification');
      if (amplification)
        stored.set(item.size, copiedBytes(item) / amplification);
    }
    return stored;
  }

  // Copied bytes against size; `cases` are of one layout, pattern and variant.
  function copied(cases, pageSize) {
    const sizes = model.sizesOf(cases);
    const floor = pageSize / 4;
    const point = (item) =>
        ({item, value: [item.size, onFloor(copiedBytes(item), floor)]});
    const lines =
        byAllocator(cases, 'copied_bytes')
            .map(([name, items]) => chart.line(name, items.map(point)));
    const ideal = [...storedBytes(cases)]
                      .sort(([a], [b]) => a - b)
                      .map(([size, bytes]) => [size, onFloor(bytes, floor)]);
    const all = sizes.map((size) => [size, size]);
    const most =
        Math.max(sizes.at(-1), ...cases.map(copiedBytes).filter(Boolean));
    const label = (value) => value <= floor ? '0' : format.bytes(value);
    const option = {
      grid: chart.GRID,
      legend: chart.legend(lines.map(({name}) => name), {
        ...(ideal.length && {'ideal': chart.DASHES}),
        'all data': chart.DOTS,
      }),
      xAxis: chart.sizeAxis(sizes),
      yAxis: chart.logAxis('', label, chart.logRange(floor, most)),
      tooltip: {
        formatter: ({data: {item}}) =>
            `${item.id}\n${format.bytes(copiedBytes(item))} copied`,
      },
      series: [
        ...lines,
        chart.reference('ideal', ideal, 'dashed'),
        chart.reference('all data', all, 'dotted'),
      ],
    };
    chart.draw(
        document.getElementById('copied-plot'), option,
        'Copied bytes against size; the values follow as a table');
    valuesTable('copied-values', cases, 'copied_bytes', format.bytes);
  }

  function forkTime(cases) {
    const point = (item) =>
        ({item, value: [item.size, model.median(item, 'fork_time')]});
    const lines = byAllocator(cases, 'fork_time');
    const option = {
      grid: chart.GRID,
      legend: chart.legend(lines.map(([name]) => name), {}),
      xAxis: chart.sizeAxis(model.sizesOf(cases)),
      yAxis: chart.logAxis('', format.seconds),
      tooltip: {formatter: ({data: {item}}) => forkTimeText(item)},
      series: lines.flatMap(([name, items]) => {
        return [chart.line(name, items.map(point)), ...ranges(name, items)];
      }),
    };
    chart.draw(
        document.getElementById('fork-plot'), option,
        'Fork time against size; the values follow as a table');
    valuesTable('fork-values', cases, 'fork_time', format.seconds);
  }

  function forkTimeText(item) {
    const {median, low, high} = item.metrics.fork_time;
    return `${item.id}\nfork ${format.seconds(median)}\n` +
        `${format.seconds(low)} to ${format.seconds(high)}, ` +
        `${item.repetitions} repetitions`;
  }

  // A vertical bar from the lowest to the highest repetition of each case.
  function ranges(name, items) {
    const {color} = theme.allocator(name);
    const repeated = items.filter((item) => item.repetitions > 1);
    return repeated.map(({size, metrics: {fork_time: {low, high}}}) => ({
                          name,
                          type: 'line',
                          symbol: 'none',
                          silent: true,
                          lineStyle: {color, width: 1.5, opacity: 0.7},
                          itemStyle: {color},
                          data: [[size, low], [size, high]],
                        }));
  }

  function valuesTable(id, cases, metric, print) {
    const lines = byAllocator(cases, metric);
    const rows = model.sizesOf(cases).map((size) => {
      const cells = lines.map(([, items]) => {
        const item = items.find((candidate) => candidate.size === size);
        return item ? print(model.median(item, metric)) : '–';
      });
      return [format.bytes(size), ...cells];
    });
    const head = ['size', ...lines.map(([name]) => name)];
    dom.details(document.getElementById(id), head, rows);
  }

  // Minor faults against copied pages, a point for each case of a run.
  function faults(cases, pageSize) {
    const floor = 0.25;
    const minorFaults = (item) => model.median(item, 'minor_faults');
    const point = (item) => ({
      item,
      value: [
        onFloor(copiedBytes(item) / pageSize, floor),
        onFloor(minorFaults(item), floor),
      ],
    });
    const counted = cases.filter((item) => item.metrics.copied_bytes);
    const clouds = byAllocator(counted, 'minor_faults').map(([name, items]) => {
      const {color, symbol} = theme.allocator(name);
      return {
        name,
        type: 'scatter',
        data: items.map(point),
        symbol,
        symbolSize: 8,
        itemStyle: {color, opacity: 0.6},
      };
    });
    const most = clouds.flatMap(({data}) => data.flatMap(({value}) => value))
                     .reduce((a, b) => Math.max(a, b), 4);
    const range = chart.logRange(floor, most);
    const [from, to] = [range.min, range.max];
    const label = (value) => value <= floor ? '0' : format.digits(value);
    const axis = (name, nameGap) =>
        chart.logAxis(name, label, {...range, nameGap});
    const option = {
      grid: {...chart.GRID, left: 40},
      legend: chart.legend(
          clouds.map(({name}) => name), {'one page each': chart.DASHES}, 14),
      xAxis: axis('pages copied', 28),
      yAxis: axis('minor faults', 52),
      tooltip: {
        formatter: ({data: {item}}) => `${item.id}\n` +
            `${format.digits(minorFaults(item))} minor faults\n` +
            `${format.bytes(copiedBytes(item))} copied`,
      },
      series: [
        ...clouds,
        chart.reference('one page each', [[from, from], [to, to]], 'dashed'),
      ],
    };
    chart.draw(
        document.getElementById('faults-plot'), option,
        'Minor faults against copied pages; the table of all cases has the ' +
            'values');
  }

  return {copied, forkTime, faults};
})();
