// The question that the project started from, as bars: what stays shared after
// a fork, and what is copied.

const seed = (() => {
  function option(rows) {
    const colors = theme.colors();
    const bar = (name, color, read) => ({
      name,
      type: 'bar',
      stack: 'all',
      barWidth: 22,
      itemStyle: {color},
      data: rows.map(read),
    });
    const copied = ({share}) => 100 * Math.min(share, 1);
    return {
      grid: {left: 4, right: 72, top: 40, bottom: 4, containLabel: true},
      legend: chart.legend(['copied', 'still shared'], {}, 14),
      xAxis: {type: 'value', show: false, max: 100},
      yAxis: chart.categoryAxis(rows.map(({words}) => words), {inverse: true}),
      series: [
        bar('copied', colors.copied, copied),
        bar('still shared', colors.shared, (row) => 100 - copied(row)),
        // An empty bar with the figure, to the right of the others.
        {
          ...bar('', 'none', () => 0),
          label: {
            show: true,
            position: 'right',
            color: colors.ink,
            fontWeight: 'bold',
            formatter: ({dataIndex}) =>
                `${format.percent(rows[dataIndex].share)} %`,
          },
        },
      ],
    };
  }

  return {option};
})();
