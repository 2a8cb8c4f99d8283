// The table of all cases: filtered, sorted, and shown a page at a time.

const table = (() => {
  const PAGE_ROWS = 50;
  // Of the axes that are mostly at their default, and of the run, a column is
  // shown only where it tells rows apart.
  const CHOICES = ['layout', 'pattern', 'allocator', 'size'];

  // 10 percent come before 100.
  const byText = new Intl.Collator('en', {numeric: true});

  const rows = model.runs.flatMap((run) => run.cases);
  const varies = (read) => new Set(rows.map(read)).size > 1;

  const textColumn = (title, read) =>
      ({title, read, print: read, isNumber: false, sort: read});
  const metricColumn = ({name, unit, meaning}) => ({
    title: name,
    hint: meaning,
    isNumber: true,
    sort: (item) => model.median(item, name),
    print: (item) => format.inUnit(model.median(item, name), unit),
    exact: (item) => `${model.median(item, name)} ${unit}`,
  });

  const sizeColumn = {
    title: 'size',
    isNumber: true,
    sort: (item) => item.size ?? undefined,
    print: (item) => item.axes.size,
  };
  const axisColumn = (axis) => axis === 'size' ?
      sizeColumn :
      textColumn(axis, (item) => item.axes[axis]);
  const isShown = (axis) =>
      CHOICES.includes(axis) || varies((item) => item.axes[axis]);

  // A counter that is zero in every row would push the others out of sight.
  const isTelling = ({name}) => rows.some((item) => model.median(item, name));

  const columns = [
    ...(model.runs.length > 1 ? [textColumn('run', (item) => item.run)] : []),
    ...model.axes.filter(isShown).map(axisColumn),
    ...model.counters.filter(isTelling).map(metricColumn),
  ];

  const state =
      {column: null, descending: false, page: 0, filters: {}, words: []};
  let selected = rows;
  const headers = new Map();

  function matches(item) {
    const text = `${item.run} ${item.id}`.toLowerCase();
    return state.words.every((word) => text.includes(word)) &&
        Object.entries(state.filters)
            .every(
                ([axis, value]) => value === '' || item.axes[axis] === value);
  }

  function compare(a, b) {
    const [x, y] = [state.column.sort(a), state.column.sort(b)];
    // What has no value comes last, whichever the direction.
    if (x === undefined || y === undefined) {
      return (x === undefined) - (y === undefined);
    }
    const order = typeof x === 'number' ? x - y : byText.compare(x, y);
    return state.descending ? -order : order;
  }

  function select() {
    selected = rows.filter(matches);
    if (state.column) selected.sort(compare);
    state.page = 0;
    show();
  }

  function show() {
    // Paper has no next page: all rows.
    const number = screen.isPrinting() ? selected.length : PAGE_ROWS;
    const first = screen.isPrinting() ? 0 : state.page * PAGE_ROWS;
    const part = selected.slice(first, first + number);
    byId('table').tBodies[0].replaceChildren(...part.map(row));
    const last = first + part.length;
    const range = part.length ? `${first + 1}–${last} of ` : '';
    byId('count').textContent = `${range}${selected.length} rows` +
        (selected.length < rows.length ? `, ${rows.length} without the filter` :
                                         '');
    byId('previous').disabled = first === 0;
    byId('next').disabled = last >= selected.length;
    byId('pages').hidden = selected.length <= number;
  }

  function row(item) {
    const failed = item.errors.length && !Object.keys(item.metrics).length;
    const shown = failed ? columns.filter(({exact}) => !exact) : columns;
    const element =
        dom.make('tr', ...shown.map((column, i) => cell(item, column, i)));
    element.title = item.id;
    if (failed) {
      // In place of the counters, where it is in sight.
      const holder = dom.make('td', error(item));
      holder.colSpan = columns.length - shown.length || 1;
      element.append(holder);
    } else if (item.errors.length) {
      element.firstChild.append(error(item));
    }
    return element;
  }

  function cell(item, column, i) {
    // A name that is no case id has no layout; the name itself stands there.
    const named = column.title === 'layout' && !item.axes.layout;
    const known = column.sort(item) !== undefined;
    const text = named ? item.id : known ? column.print(item) : '–';
    const element = i === 0 ? dom.heading(text, 'row') : dom.make('td', text);
    if (column.isNumber) element.className = 'number';
    if (known && column.exact) element.title = column.exact(item);
    return element;
  }

  function error(item) {
    const element = dom.make('div', `failed: ${item.errors[0]}`);
    element.className = 'fail';
    return element;
  }

  function sortBy(column, header) {
    // Of numbers the large ones are of interest first, of names the first.
    state.descending =
        state.column === column ? !state.descending : column.isNumber;
    state.column = column;
    for (const other of headers.values()) other.removeAttribute('aria-sort');
    header.setAttribute(
        'aria-sort', state.descending ? 'descending' : 'ascending');
    select();
  }

  function makeHead() {
    byId('table').tHead.replaceChildren(
        dom.make('tr', ...columns.map((column) => {
          const button = dom.make('button', ...dom.breakable(column.title));
          button.type = 'button';
          if (column.hint) button.title = column.hint;
          const header = dom.heading(button, 'col');
          if (column.isNumber) header.className = 'number';
          headers.set(column.title, header);
          button.addEventListener('click', () => sortBy(column, header));
          return header;
        })));
  }

  function makeFilters() {
    for (const axis of model.axes.filter(isShown)) {
      const choices = model.distinct(model.placed(rows)
                                         .sort((a, b) => a.size - b.size)
                                         .map((item) => item.axes[axis]));
      if (axis !== 'size') choices.sort(byText.compare);
      const choice = dom.make('select');
      choice.id = `filter-${axis}`;
      dom.options(choice, ['', ...choices], ['all', ...choices]);
      choice.addEventListener('change', () => {
        state.filters[axis] = choice.value;
        select();
      });
      const label = dom.make('label', axis, choice);
      // One choice is no choice.
      label.hidden = choices.length < 2;
      byId('filters').append(label);
    }
    byId('filter-text').addEventListener('input', (event) => {
      state.words =
          event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      select();
    });
    byId('filters').addEventListener(
        'submit', (event) => event.preventDefault());
  }

  function start() {
    makeHead();
    makeFilters();
    for (const [id, step] of [['previous', -1], ['next', 1]]) {
      byId(id).addEventListener('click', () => {
        state.page += step;
        show();
      });
    }
    // Most copied first.
    const copied = columns.find(({title}) => title === 'copied_bytes');
    if (copied) sortBy(copied, headers.get(copied.title));
    screen.onChange(show);
  }

  return {start};
})();
