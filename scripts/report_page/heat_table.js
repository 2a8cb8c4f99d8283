// The copied share of the data set, as a table of layout x pattern.

const heatTable = (() => {
  // Draws the cases of one allocator, size and variant; returns the table.
  function make(cases, title, onChoose) {
    const layouts = model.distinct(cases.map((item) => item.axes.layout));
    const patterns = model.distinct(cases.map((item) => item.axes.pattern));
    const byPlace = new Map(cases.map(
        (item) => [`${item.axes.layout}/${item.axes.pattern}`, item]));
    const rows = layouts.map(
        (layout) => dom.make(
            'tr', dom.heading(layout, 'row'),
            ...patterns.map(
                (pattern) =>
                    cell(byPlace.get(`${layout}/${pattern}`), onChoose))));
    const table = dom.make(
        'table', dom.make('caption', title),
        dom.make(
            'thead',
            dom.make(
                'tr', dom.heading('layout', 'col'),
                ...patterns.map((name) => dom.heading(name, 'col')))),
        dom.make('tbody', ...rows));
    table.className = 'heat';
    const scroll = dom.make('div', table);
    scroll.className = 'scroll';
    return scroll;
  }

  function cell(item, onChoose) {
    const element = dom.make('td');
    // Not every layout supports every pattern.
    if (!item) return element;
    const share = model.share(item);
    const failed = share === undefined;
    const button =
        dom.make('button', failed ? 'failed' : format.percent(share));
    button.type = 'button';
    button.title = failed ?
        `${item.id}\n${item.errors[0] ?? 'no copied_bytes'}` :
        `${item.id}\n${
            format.bytes(model.median(item, 'copied_bytes'))} copied`;
    if (failed) {
      button.className = 'fail';
    } else {
      const {fill, text} = theme.share(share);
      button.style.background = fill;
      button.style.color = text;
    }
    button.addEventListener('click', () => onChoose(item));
    element.append(button);
    return element;
  }

  function drawLegend(parent) {
    const percent = (share) => `${100 * share}`;
    const ends = [0, ...theme.STEPS];
    const labels = [
      'nothing copied',
      ...theme.STEPS.map((end, i) => `up to ${percent(end)} %`),
      `above ${percent(theme.STEPS.at(-1))} %`,
    ];
    parent.replaceChildren(...labels.map((label, i) => {
      const swatch = dom.make('span');
      swatch.className = 'swatch';
      swatch.style.background = theme.share(i < ends.length ? ends[i] : 1).fill;
      return dom.make('li', swatch, label);
    }));
  }

  return {make, drawLegend};
})();
