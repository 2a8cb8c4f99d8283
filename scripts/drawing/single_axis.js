// The effect of one axis on cases that differ only in it.

const singleAxis = (() => {
  // `panel` has an axis, its values, a counter, and a line for each group.
  function option({axis, values, counter, lines}) {
    const {name, unit, heading} = counter;
    const series = lines.map(({label, points}, i) => {
      const read = (value) => ({
        value,
        text: `${label}, ${name} ${format.inUnit(value, unit)}`,
      });
      const known = points.map((value) => value === null ? null : read(value));
      return chart.line(label, known, theme.series(i));
    });
    const most = Math.max(...lines.flatMap(({points}) => points));
    return {
      grid: {...chart.GRID, top: 22 * Math.ceil(lines.length / 2) + 34},
      legend: {...chart.legend(lines.map(({label}) => label)), width: '100%'},
      xAxis: {
        ...chart.categoryAxis(values),
        name: axis,
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: {color: theme.colors().soft},
      },
      yAxis: chart.linearAxis(
          heading || name, (value) => format.inUnit(value, unit), {
            min: 0,
            ...chart.ABOVE,
            ...unit === 'bytes' && chart.byteSteps(most),
          }),
      tooltip: {formatter: ({data: {text}}) => text},
      series,
    };
  }

  // The same values as rows of a table.
  const values = ({axis, values, counter, lines}) => [
      [axis, ...lines.map(({label}) => label)],
      values.map(
          (value, i) =>
              [value,
               ...lines.map(
                   ({points}) => points[i] === null ?
                       '–' :
                       format.inUnit(points[i], counter.unit))])];

  return {option, values};
})();
