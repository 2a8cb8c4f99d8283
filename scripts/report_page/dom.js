// Makes elements without parsing any text as markup.

const dom = (() => {
  function make(name, ...content) {
    const element = document.createElement(name);
    element.append(...content);
    return element;
  }

  // The text with places where a line may break, because names are long.
  const breakable = (text) => text.split('_').flatMap(
      (word, i) => i ? ['_', make('wbr'), word] : [word]);

  function heading(content, scope) {
    const cell = make(
        'th', ...typeof content === 'string' ? breakable(content) : [content]);
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

  // A chart's values as a folded table, for those who cannot see the chart.
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
    scroll.tabIndex = 0;  // So that the keyboard can scroll it.
    parent.replaceChildren(make('details', make('summary', 'Values'), scroll));
  }

  return {make, breakable, heading, options, details};
})();
