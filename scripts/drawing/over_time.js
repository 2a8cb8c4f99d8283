// What each child of a traced program had copied, over time.

const overTime = (() => {
  const seconds = (value) => `${format.digits(value)} s`;

  // `lines` have a name and [seconds, bytes] points.
  function option(lines) {
    const series = lines.map(
        ({name, points}, i) => ({
          ...chart.line(
              name, points.map((point) => ({
                                 value: point,
                                 text: `${name}, after ${seconds(point[0])}\n` +
                                     `${format.bytes(point[1])} copied`,
                               })),
              theme.series(i)),
          symbolSize: points.length > 40 ? 3 : 6,
        }));
    const most = Math.max(...lines.map(({points}) => points.at(-1)[1]));
    return {
      grid: chart.GRID,
      legend: chart.legend(lines.map(({name}) => name)),
      xAxis: chart.linearAxis(
          'since the program began', seconds, {min: 0, nameGap: 28}),
      yAxis: chart.linearAxis(
          'copied', format.bytes,
          {min: 0, ...chart.ABOVE, ...chart.byteSteps(most)}),
      tooltip: {formatter: ({data: {text}}) => text},
      series,
    };
  }

  // Rows of a table: when each child was born, was done with half of its
  // copies, and ended.
  const values = (lines) => [
      ['child', 'born after', 'half copied after', 'ended after', 'copied'],
      lines.map(({name, points}) => {
        const [end, copied] = points.at(-1);
        const [half] = points.find(([, bytes]) => 2 * bytes >= copied);
        return [
          name, seconds(points[0][0]), seconds(half), seconds(end),
          format.bytes(copied)
        ];
      })];

  return {option, values};
})();
