// Connects the controls with the charts, and offers the data for download.

const byId = (id) => document.getElementById(id);

const controls = Object.fromEntries([
  'run', 'variant', 'allocator', 'heat-size', 'layout', 'pattern', 'time'
].map((id) => [id, byId(id)]));

// Charts need layouts, patterns and sizes; a file of other benchmarks has none.
// The last run comes first.
const chartRuns =
    model.runs.filter((run) => model.placed(run.cases).length).reverse();

const chosenRun = () => chartRuns[Number(controls.run.value)];

const chosenCases = () =>
    model.placed(chosenRun().cases)
        .filter((item) => item.variant === controls.variant.value);

function offer(id, values, labels, preferred = values[0]) {
  const select = controls[id];
  const before = select.value;
  dom.options(select, values, labels);
  select.value = values.includes(before) ? before : preferred;
  // With one value there is nothing to choose.
  select.parentElement.hidden = values.length < 2;
}

function offerVariants() {
  const variants = model.distinct(
      model.placed(chosenRun().cases).map((item) => item.variant));
  offer('variant', variants, variants);
  byId('page-controls').hidden =
      chartRuns.length < 2 && controls.variant.length < 2;
}

function offerHeat() {
  const allocators =
      model.distinct(chosenCases().map((item) => item.axes.allocator));
  offer('allocator', allocators, allocators);
  const sizes = model.sizesOf(chosenCases());
  offer(
      'heat-size', sizes.map(String), sizes.map(format.bytes),
      String(sizes.at(-1)));
}

function offerLayouts() {
  const cases = chosenCases();
  const [telling] = chosenRun().differences;
  const layouts = model.distinct(cases.map((item) => item.axes.layout));
  offer('layout', layouts, layouts, preferred(layouts, telling?.layout));
  offerPatterns(telling?.pattern);
  const times = model.counters.filter(({kind}) => kind === 'time')
                    .map(({name}) => name)
                    .filter((name) => cases.some((item) => item.metrics[name]));
  offer('time', times, times, preferred(times, 'fork_time'));
}

const preferred = (values, wish) => values.includes(wish) ? wish : values[0];

// Not every layout supports every pattern.
function offerPatterns(wish) {
  const patterns = model.distinct(
      chosenCases()
          .filter((item) => item.axes.layout === controls.layout.value)
          .map((item) => item.axes.pattern));
  offer('pattern', patterns, patterns, preferred(patterns, wish));
}

// Paper shows all allocators, because nobody can choose one there.
function drawHeat() {
  const size = Number(controls['heat-size'].value);
  const shown = screen.isPrinting() ?
      [...controls.allocator.options].map(({value}) => value) :
      [controls.allocator.value];
  byId('heat-maps')
      .replaceChildren(...shown.map(
          (allocator) => heatTable.make(
              chosenCases().filter(
                  (item) =>
                      item.size === size && item.axes.allocator === allocator),
              `${allocator}, ${format.bytes(size)}`, choose)));
  heatTable.drawLegend(byId('heat-legend'));
}

function drawDifferences() {
  const {differences: rows} = chosenRun();
  byId('differences').hidden = rows.length === 0;
  if (!rows.length) return;
  const plot = byId('differences-plot');
  plot.style.height = `${rows.length * 2.1 + 6}rem`;
  screen.draw(
      plot, differences.option(rows),
      'Copied share of each allocator; the values follow as a table');
  dom.details(byId('differences-values'), ...differences.values(rows));
}

function drawAxes() {
  const {panels} = chosenRun();
  byId('axes').hidden = panels.length === 0;
  const plots = byId('axis-plots');
  plots.replaceChildren(...panels.map(({axis, counter}) => {
    const plot = dom.make('div');
    plot.className = 'plot';
    return dom.make(
        'figure',
        dom.make(
            'figcaption', dom.make('h3', `${counter.name} against ${axis}`)),
        plot, dom.make('div'));
  }));
  panels.forEach((panel, i) => {
    const [, plot, holder] = plots.children[i].children;
    screen.draw(
        plot, singleAxis.option(panel),
        `${panel.counter.name} against ${panel.axis}; the values follow as a ` +
            'table');
    dom.details(holder, ...singleAxis.values(panel));
  });
}

function drawBySize() {
  const sized = chosenCases();
  byId('sizes').hidden = model.sizesOf(sized).length < 2;
  if (byId('sizes').hidden) return;
  const {layout, pattern, time} = controls;
  const cases = sized.filter(
      (item) => item.axes.layout === layout.value &&
          item.axes.pattern === pattern.value);
  const place = `${layout.value}/${pattern.value}`;
  byId('copied-title').textContent = `Copied bytes, ${place}`;
  screen.draw(
      byId('copied-plot'), sizes.copied(cases, chosenRun().pageSize),
      'Copied bytes against size; the values follow as a table');
  dom.details(
      byId('copied-values'),
      ...sizes.values(cases, 'copied_bytes', format.bytes));
  const counter = model.counters.find(({name}) => name === time.value);
  byId('time-plot').parentElement.hidden = !counter;
  if (!counter) return;
  byId('time-title').textContent = `${counter.name}, ${place}`;
  screen.draw(
      byId('time-plot'), sizes.time(cases, counter),
      `${counter.name} against size; the values follow as a table`);
  dom.details(
      byId('time-values'),
      ...sizes.values(cases, counter.name, format.seconds));
}

function choose(item) {
  controls.layout.value = item.axes.layout;
  offerPatterns();
  controls.pattern.value = item.axes.pattern;
  drawBySize();
  byId('sizes').scrollIntoView();
}

function drawAll() {
  drawHeat();
  drawDifferences();
  drawAxes();
  drawBySize();
}

function startCharts() {
  offer(
      'run', chartRuns.map((run, i) => String(i)),
      chartRuns.map((run) => run.name));
  const offerCases = () => {
    offerHeat();
    offerLayouts();
    drawAll();
  };
  const offerRun = () => {
    offerVariants();
    offerCases();
  };
  controls.run.addEventListener('change', offerRun);
  controls.variant.addEventListener('change', offerCases);
  for (const id of ['allocator', 'heat-size']) {
    controls[id].addEventListener('change', drawHeat);
  }
  controls.layout.addEventListener('change', () => {
    offerPatterns();
    drawBySize();
  });
  for (const id of ['pattern', 'time']) {
    controls[id].addEventListener('change', drawBySize);
  }
  offerRun();
  screen.onChange(drawAll);
}

// Adds a button that saves the embedded file under its own name.
function offerDownload(holder) {
  const button = dom.make('button', `Save ${holder.dataset.name}`);
  button.type = 'button';
  button.addEventListener('click', async () => {
    const packed = Uint8Array.from(
        atob(holder.textContent), (character) => character.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(
        new DecompressionStream('gzip'));
    const link = dom.make('a');
    link.href = URL.createObjectURL(await new Response(unpacked).blob());
    link.download = holder.dataset.name.replace(/^.*\//, '');
    link.click();
    URL.revokeObjectURL(link.href);
  });
  byId('downloads').append(dom.make('li', button));
}

function drawOverTime(lines) {
  screen.draw(
      byId('over-time-plot'), overTime.option(lines),
      'Copied bytes of each child over time; the values follow as a table');
  dom.details(byId('over-time-values'), ...overTime.values(lines));
}

table.start();
const timed = model.runs.findLast(({overTime: lines}) => lines.length);
if (timed) {
  byId('over-time').hidden = false;
  screen.onChange(() => drawOverTime(timed.overTime));
}
document.querySelectorAll('script[data-name]').forEach(offerDownload);
if (chartRuns.length) {
  startCharts();
} else {
  for (const id of ['heat', 'differences', 'axes', 'sizes']) {
    byId(id).hidden = true;
  }
}
