// How soon a small program runs, by the way in which it was started.

const starts = (() => {
  // `lines` have a name and [bytes, seconds] points.
  function option(lines) {
    const sizes = model.distinct(
        lines.flatMap(({points}) => points.map(([size]) => size)));
    return {
      grid: chart.GRID,
      legend: chart.legend(lines.map(({name}) => name)),
      xAxis: {
        ...chart.sizeAxis(sizes.sort((a, b) => a - b)),
        name: 'size of the process that starts it',
      },
      yAxis: chart.logAxis(
          'until the program runs', format.seconds, chart.ABOVE),
      series: lines.map(
          ({name, points}, i) => chart.line(name, points, theme.series(i))),
    };
  }

  return {option};
})();
