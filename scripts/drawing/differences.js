// The cases in which the allocators differ most: a row of dots for each case.

const differences = (() => {
  // Vertical offset of each allocator's dots, so that equal values stay
  // visible.
  const STEP = 5;

  // Few steps at round figures also fit on a phone.
  function steps(rows) {
    const most = Math.max(...rows.flatMap(
        ({size, copied}) => copied.map(([, bytes]) => 100 * bytes / size)));
    const interval = most > 50 ? 50 : 10;
    return {interval, max: Math.ceil(most / interval) * interval};
  }

  // `rows` have a label, a size, and [allocator, copied bytes] pairs.
  function option(rows) {
    const colors = theme.colors();
    const percent = (bytes, {size}) => 100 * bytes / size;
    const names = model.allocators.filter(
        (name) => rows.some(
            ({copied}) => copied.some(([allocator]) => allocator === name)));
    const spans = rows.map((row, i) => {
      const shares = row.copied.map(([, bytes]) => percent(bytes, row));
      return {
        type: 'line',
        symbol: 'none',
        silent: true,
        z: 1,  // Behind the dots.
        lineStyle: {color: colors.line, width: 3, cap: 'round'},
        data: [[Math.min(...shares), i], [Math.max(...shares), i]],
      };
    });
    const dots = names.map(
        (name, k) => ({
          name,
          type: 'scatter',
          symbol: theme.allocator(name).symbol,
          symbolSize: 11,
          symbolOffset: [0, STEP * (k - (names.length - 1) / 2)],
          itemStyle: {color: theme.allocator(name).color, opacity: 1},
          data: rows.flatMap(
              (row, i) => row.copied.filter(([allocator]) => allocator === name)
                              .map(([, bytes]) => ({
                                     value: [percent(bytes, row), i],
                                     text: `${row.label}, ${name}\n` +
                                         `${format.bytes(bytes)} copied`,
                                   }))),
        }));
    return {
      grid: {...chart.GRID, left: 4, top: 36},
      legend: chart.legend(names, {}, 12),
      xAxis: chart.linearAxis(
          'copied, in percent of the size', '{value} %',
          {min: 0, nameGap: 28, ...steps(rows)}),
      yAxis: chart.categoryAxis(
          rows.map(({label}) => label),
          {inverse: true, splitLine: {show: false}}),
      tooltip: {formatter: ({data: {text}}) => text},
      series: [...spans, ...dots],
    };
  }

  // The same values as rows of a table.
  function values(rows) {
    const head = ['case', ...model.allocators];
    return [
      head, rows.map((row) => {
        const copied = new Map(row.copied);
        return [
          row.label,
          ...model.allocators.map(
              (name) => copied.has(name) ? format.bytes(copied.get(name)) : '–')
        ];
      })
    ];
  }

  return {option, values};
})();
