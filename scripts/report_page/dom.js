// Elements whose text is always text, never markup.

const dom = (() => {
  function make(name, ...content) {
    const element = document.createElement(name);
    element.append(...content);
    return element;
  }

  function heading(text, scope) {
    const cell = make('th', text);
    cell.scope = scope;
    return cell;
  }

  function options(select, values, labels = values) {
    select.replaceChildren(...values.map((value, i) => {
      const option = make('option', labels[i]);
      option.value = value;
      return option;
    }));
  }

  // A chart's values for those who cannot see it, folded away.
  function details(parent, head, rows) {
    const table = make(
        'table',
        make('thead', make('tr', ...head.map((text) => heading(text, 'col')))),
        make(
            'tbody',
            ...rows.map(
                ([first, ...rest]) => make(
                    'tr', heading(first, 'row'),
                    ...rest.map((text) => make('td', text))))));
    const scroll = make('div', table);
    scroll.className = 'scroll';
    parent.replaceChildren(make('details', make('summary', 'Values'), scroll));
  }

  return {make, heading, options, details};
})();
