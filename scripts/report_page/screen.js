// Draws and resizes charts, and draws them again for paper and for dark mode.

const screen = (() => {
  // On paper, charts are as wide as the page, and low enough for two of them.
  const PAPER_WIDTH = 660;
  const PAPER_HEIGHT = 0.75;

  const dark = matchMedia('(prefers-color-scheme: dark)');
  let printing = false;

  // Tooltips are rich text, not HTML, so that no name is parsed as markup.
  function base() {
    const colors = theme.colors();
    return {
      animation: false,
      textStyle: {
        fontFamily: getComputedStyle(document.body).fontFamily,
        color: colors.ink
      },
      tooltip: {
        renderMode: 'richText',
        confine: true,
        backgroundColor: colors.paper,
        borderColor: colors.line,
        textStyle: {color: colors.ink, fontSize: 12},
      },
    };
  }

  function draw(element, option, description) {
    echarts.getInstanceByDom(element)?.dispose();
    const drawn = echarts.init(element, null, {
      renderer: 'svg',
      ...printing &&
          {width: PAPER_WIDTH, height: element.clientHeight * PAPER_HEIGHT},
    });
    const common = base();
    const {grid} = option;
    drawn.setOption({
      ...common,
      ...option,
      // On a phone, legends need a second line.
      grid: {...grid, top: grid.top + (element.clientWidth < 480 ? 22 : 0)},
      tooltip: {...common.tooltip, ...option.tooltip}
    });
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', description);
  }

  addEventListener('resize', () => {
    for (const holder of document.querySelectorAll('.plot')) {
      echarts.getInstanceByDom(holder)?.resize();
    }
  });

  // Draws now, and whenever the colours or the medium change.
  function onChange(redraw) {
    const update = () => {
      theme.useDark(dark.matches && !printing);
      redraw();
    };
    dark.addEventListener('change', update);
    for (const event of ['beforeprint', 'afterprint']) {
      addEventListener(event, () => {
        printing = event === 'beforeprint';
        update();
      });
    }
    update();
  }

  return {draw, onChange, isPrinting: () => printing};
})();
