// A map of layout x pattern: the copied share of the data set.

const heatMap = (() => {
  const CELL = 34;

  // `cases` are of one allocator, size and variant.
  function option(cases) {
    const colors = theme.colors();
    const layouts = model.distinct(cases.map((item) => item.axes.layout));
    const patterns = model.distinct(cases.map((item) => item.axes.pattern));
    const cells = cases.map((item) => {
      const share = model.share(item);
      const failed = share === undefined;
      const {fill, text} = failed ? {fill: colors.paper, text: colors.copied} :
                                    theme.share(share);
      return {
        value: [
          patterns.indexOf(item.axes.pattern), layouts.indexOf(item.axes.layout)
        ],
        itemStyle: {color: fill, opacity: 1},
        label: {
          show: true,
          color: text,
          formatter: failed ? 'failed' : format.percent(share)
        },
      };
    });
    return {
      grid: {left: 4, right: 4, top: 4, bottom: 4, containLabel: true},
      xAxis: chart.categoryAxis(patterns, {position: 'top'}),
      yAxis: chart.categoryAxis(layouts, {inverse: true}),
      series: [{
        type: 'scatter',
        symbol: 'rect',
        symbolSize: [CELL * 1.9, CELL - 4],
        data: cells,
      }],
    };
  }

  return {option, CELL};
})();
