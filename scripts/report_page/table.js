// The table of all cases: filters, sorts and shows them page by page.

const table = (() => {
  const PAGE_ROWS = 50;
  // These axes always have a column; other axes only if they vary.
  const CHOICES = ['layout', 'pattern', 'allocator', 'size'];

  // Numbers in names sort as numbers: 10 before 100.
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

  // Hides counters that are zero in every row.
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
    // Rows without a value come last in either direction.
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
    // Paper shows all rows.
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
      // The error stands in place of the counters, where it is visible.
      const holder = dom.make('td', error(item));
      holder.colSpan = columns.length - shown.length || 1;
      element.append(holder);
    } else if (item.errors.length) {
      element.firstChild.append(error(item));
    }
    return element;
  }

  function cell(item, column, i) {
    // A name that is not a case id stands in the column of the layout.
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
    // Numbers begin with the largest, names with the first.
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
      // With one value there is nothing to choose.
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
    // The most copied bytes first.
    const copied = columns.find(({title}) => title === 'copied_bytes');
    if (copied) sortBy(copied, headers.get(copied.title));
    screen.onChange(show);
  }

  return {start};
})();
