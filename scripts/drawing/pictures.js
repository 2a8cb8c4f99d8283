// Draws every picture of a run as SVG. Runs in node, without a browser.

const pictures = (() => {
  const WIDTH = 760;
  const TITLE = 44;

  // Node cannot measure text; this is its width in most fonts.
  echarts.setPlatformAPI({
    measureText: (text, font) => {
      const size = Number(/(\d+)px/.exec(font)?.[1] ?? 12);
      const widths = [...text].map((c) => c < '\u1100' ? 0.6 : 1);
      return {width: size * widths.reduce((a, b) => a + b, 0)};
    },
  });

  // A picture has its own background, which follows the reader's colour scheme:
  // the page around it may be light or dark.
  function themed(svg) {
    const rules = theme.pairs().map(
        ([light,
          dark]) => ['fill', 'stroke']
                        .map((name) => `[${name}="${light}"]{${name}:${dark}}`)
                        .join(''));
    return svg.replace(
        />/,
        `><style>@media (prefers-color-scheme:dark){${
            rules.join('')}}</style>`);
  }

  function draw(title, subtitle, height, option) {
    const colors = theme.colors();
    const drawn = echarts.init(
        null, null,
        {renderer: 'svg', ssr: true, width: WIDTH, height: height + TITLE});
    const grids = [option.grid].flat().map(
        (grid) => ({...grid, top: (grid.top ?? 0) + TITLE}));
    drawn.setOption({
      animation: false,
      backgroundColor: colors.paper,
      textStyle: {fontFamily: 'sans-serif', color: colors.ink},
      title: {
        text: title,
        subtext: subtitle,
        left: 4,
        top: 4,
        itemGap: 4,
        textStyle: {color: colors.ink, fontSize: 15},
        subtextStyle: {color: colors.soft, fontSize: 12}
      },
      ...option,
      grid: grids,
      ...option.legend && {legend: {...option.legend, top: TITLE + 4}},
    });
    const svg = drawn.renderToSVGString();
    drawn.dispose();
    return themed(svg);
  }

  function ofRun(run) {
    const found = {};
    const add = (name, ...picture) => {
      found[name] = draw(...picture);
    };
    const cases = model.placed(run.cases);
    if (run.seed.length > 1) {
      add('seed', 'After fork(): what the child copies',
          `${run.seed[0].size} of data, and a child that only looks at it`,
          run.seed.length * 34 + 48, seed.option(run.seed));
    }
    const usual = cases.filter(({variant}) => variant === 'default');
    const largest = model.sizesOf(usual).at(-1);
    for (const allocator of model.allocators) {
      const own = usual.filter(
          ({axes, size}) => axes.allocator === allocator && size === largest);
      const layouts = model.distinct(own.map(({axes}) => axes.layout));
      if (own.length < 2) continue;
      add(`share-${allocator}`, 'Copied, in percent of the size',
          `${format.bytes(largest)}, ${allocator}`,
          layouts.length * heatMap.CELL + 40, heatMap.option(own));
    }
    if (run.differences.length) {
      add('allocators', 'Where the allocators differ most',
          'largest size of each case', run.differences.length * 34 + 90,
          differences.option(run.differences));
      const [{layout, pattern}] = run.differences;
      const same = usual.filter(
          ({axes}) => axes.layout === layout && axes.pattern === pattern);
      if (model.sizesOf(same).length > 1) {
        add('sizes', `Copied against size: ${layout}/${pattern}`,
            'bytes copied per child', 360, sizes.copied(same, run.pageSize));
      }
    }
    for (const panel of run.panels) {
      add(`${panel.axis}-${panel.counter.name}`,
          `What ${panel.axis} does to ${panel.counter.name}`,
          'largest size of each case', 320, singleAxis.option(panel));
    }
    if (run.overTime.length) {
      add('over-time', 'What each child and its parent had copied',
          'of what they shared; the children of which most was copied', 320,
          overTime.option(run.overTime));
    }
    if (run.starts.length) {
      add('starts', 'How soon a small program runs',
          'by how it is started; another thread writes meanwhile', 320,
          starts.option(run.starts));
    }
    return found;
  }

  return {ofRun};
})();

return pictures.ofRun(model.runs[0]);
