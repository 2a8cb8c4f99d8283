// One map of layout x pattern for each allocator, all on one logarithmic scale.

const heatMap = (() => {
  const VALUES = {
    amplification: (item) => model.median(item, 'amplification'),
    share: (item) => {
      const copied = model.median(item, 'copied_bytes');
      return copied === undefined ? undefined : copied / item.size;
    },
  };

  // Draws the maps of `cases`, which are of one size and variant.
  function draw(cases, valueName, onChoose) {
    const cells = cases.map((item) => ({item, value: VALUES[valueName](item)}))
                      .filter(({value}) => value !== undefined);
    const layouts = model.distinct(cells.map(({item}) => item.axes.layout));
    const patterns = model.distinct(cells.map(({item}) => item.axes.pattern));
    const positive = cells.map(({value}) => value).filter((value) => value > 0);
    const range = [Math.min(...positive), Math.max(...positive)];
    drawLegend(range, positive.length < cells.length);
    drawNote(cases, patterns, valueName);
    const parent = document.getElementById('heat-maps');
    chart.dispose(parent);
    parent.replaceChildren();
    const allocators = model.distinct(cases.map((item) => item.axes.allocator));
    // All figures before the first chart: their number decides their width.
    const holders = allocators.map((allocator) => addFigure(parent, allocator));
    allocators.forEach((allocator, i) => {
      const own = cells.filter(({item}) => item.axes.allocator === allocator);
      holders[i].style.height = `${layouts.length * 1.6 + 5.5}rem`;
      const map = chart.draw(
          holders[i], option(own, layouts, patterns, range),
          `Heat map of ${valueName} under ${allocator}; ` +
              'its values follow as a table');
      map.on('click', (event) => onChoose(event.data.item));
      valuesTable(holders[i].nextSibling, own, layouts, patterns);
    });
  }

  function addFigure(parent, allocator) {
    const title = dom.make('h3', allocator);
    const plot = dom.make('div');
    plot.className = 'plot';
    parent.append(dom.make(
        'figure', dom.make('figcaption', title), plot, dom.make('div')));
    return plot;
  }

  function option(cells, layouts, patterns, [low, high]) {
    const colors = theme.colors();
    const span = Math.log(high / low) || 1;
    const data = cells.map(({item, value}) => {
      const {fill, text} = value > 0 ?
          theme.rampColor(Math.log(value / low) / span) :
          {fill: colors.nothing, text: colors.soft};
      return {
        item,
        value: [
          patterns.indexOf(item.axes.pattern),
          layouts.indexOf(item.axes.layout), value
        ],
        itemStyle: {color: fill, borderColor: colors.paper, borderWidth: 1.5},
        label: {color: text},
      };
    });
    const axis = (names, extra) => ({
      type: 'category',
      data: names,
      splitArea: {show: false},
      axisLine: {show: false},
      axisTick: {show: false},
      axisLabel: {color: colors.ink, interval: 0, ...extra},
    });
    return {
      grid: {left: 4, right: 4, top: 4, bottom: 4, containLabel: true},
      xAxis: axis(patterns, {rotate: patterns.length > 5 ? 45 : 0}),
      yAxis:
          {...axis(layouts, {width: 140, overflow: 'truncate'}), inverse: true},
      tooltip: {
        formatter: ({data: {item, value}}) =>
            `${item.id}\n${format.digits(value[2])}\n` +
            `${format.bytes(model.median(item, 'copied_bytes'))} copied`,
      },
      series: [{
        type: 'custom',
        renderItem: renderCell,
        encode: {x: 0, y: 1},
        data,
      }],
    };

    function renderCell(params, api) {
      const [x, y] = api.coord([api.value(0), api.value(1)]);
      const [width, height] = api.size([1, 1]);
      const {itemStyle, label, value} = data[params.dataIndex];
      const text = format.digits(value[2]);
      return {
        type: 'rect',
        shape: {x: x - width / 2, y: y - height / 2, width, height, r: 2},
        style: {
          fill: itemStyle.color,
          stroke: itemStyle.borderColor,
          lineWidth: itemStyle.borderWidth
        },
        textConfig: {position: 'inside'},
        // Half a number would be a wrong number.
        textContent: width < text.length * 6.5 + 4 ? undefined : {
          style: {text, fill: label.color, fontSize: 11},
        },
      };
    }
  }

  function drawLegend([low, high], hasNothing) {
    const legend = document.getElementById('heat-legend');
    legend.replaceChildren();
    if (hasNothing) {
      const swatch = dom.make('span');
      swatch.className = 'swatch';
      swatch.style.background = theme.colors().nothing;
      legend.append(swatch, 'nothing copied');
    }
    if (high > 0) {
      const ramp = dom.make('span');
      ramp.className = 'ramp';
      ramp.style.background =
          `linear-gradient(to right, ${theme.colors().ramp.join(', ')})`;
      legend.append(
          format.digits(low), ramp, `${format.digits(high)} (logarithmic)`);
    }
  }

  // Says which patterns a map of amplification cannot show.
  function drawNote(cases, shown, valueName) {
    const missing = model.distinct(cases.map((item) => item.axes.pattern))
                        .filter((pattern) => !shown.includes(pattern));
    const note = document.getElementById('heat-note');
    note.hidden = missing.length === 0;
    const why = valueName === 'amplification' ?
        ' A pattern that stores nothing has no amplification; ' +
            'choose “copied ÷ size” to see it.' :
        '';
    note.textContent = `Not shown: ${missing.join(', ')}.${why}`;
  }

  function valuesTable(parent, cells, layouts, patterns) {
    const values = new Map(cells.map(
        ({item, value}) =>
            [`${item.axes.layout}/${item.axes.pattern}`,
             format.digits(value)]));
    const rows = layouts.map(
        (layout) =>
            [layout,
             ...patterns.map((p) => values.get(`${layout}/${p}`) ?? '–')]);
    dom.details(parent, ['layout', ...patterns], rows);
  }

  return {draw};
})();
