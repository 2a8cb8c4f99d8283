// Ties the controls to the charts, and offers the data for download.

const controls = Object.fromEntries([
  'run', 'variant', 'heat-value', 'heat-size', 'layout', 'pattern'
].map((id) => [id, document.getElementById(id)]));

// Charts need layouts, patterns and sizes; a file of other benchmarks has none.
const chartRuns = model.runs.filter((run) => model.placed(run.cases).length);

const chosenRun = () => chartRuns[Number(controls.run.value)];

const chosenCases = () =>
    model.placed(chosenRun().cases)
        .filter((item) => item.variant === controls.variant.value);

function offer(id, values, labels, preferred = values[0]) {
  const select = controls[id];
  const before = select.value;
  dom.options(select, values, labels);
  select.value = values.includes(before) ? before : preferred;
  // One choice is no choice.
  select.parentElement.hidden = values.length < 2;
}

function offerVariants() {
  const variants = model.distinct(
      model.placed(chosenRun().cases).map((item) => item.variant));
  offer('variant', variants, variants);
}

function offerSizes() {
  const sizes = model.sizesOf(chosenCases());
  offer(
      'heat-size', sizes.map(String), sizes.map(format.bytes),
      String(sizes.at(-1)));
}

// The charts by size begin where the allocators differ most: a chart of zeros,
// or of lines that cover one another, explains nothing.
function mostTelling(cases) {
  const largest = model.sizesOf(cases).at(-1);
  const groups = new Map();
  for (const item of cases) {
    const copied = model.median(item, 'copied_bytes');
    if (item.size !== largest || copied === undefined) continue;
    const key = JSON.stringify([item.axes.layout, item.axes.pattern]);
    const group = groups.get(key) ?? {item, low: copied, high: copied};
    group.low = Math.min(group.low, copied);
    group.high = Math.max(group.high, copied);
    groups.set(key, group);
  }
  // One page more or less is chance.
  const page = chosenRun().pageSize;
  const ratio = ({low, high}) => high / Math.max(low, page);
  const best = [...groups.values()].reduce(
      (a, b) => ratio(b) > ratio(a) ? b : a, {item: cases[0], low: 0, high: 0});
  return best.item;
}

function offerLayouts() {
  const cases = chosenCases();
  const telling = mostTelling(cases);
  const layouts = model.distinct(cases.map((item) => item.axes.layout));
  offer('layout', layouts, layouts, telling.axes.layout);
  offerPatterns(telling.axes.pattern);
}

// Not every pattern makes sense on every layout.
function offerPatterns(preferred) {
  const patterns = model.distinct(
      chosenCases()
          .filter((item) => item.axes.layout === controls.layout.value)
          .map((item) => item.axes.pattern));
  offer(
      'pattern', patterns, patterns,
      patterns.includes(preferred) ? preferred : patterns[0]);
}

function drawHeatMaps() {
  const size = Number(controls['heat-size'].value);
  heatMap.draw(
      chosenCases().filter((item) => item.size === size),
      controls['heat-value'].value, choose);
}

function drawBySize() {
  const cases = chosenCases().filter(
      (item) => item.axes.layout === controls.layout.value &&
          item.axes.pattern === controls.pattern.value);
  plots.copied(cases, chosenRun().pageSize);
  plots.forkTime(cases);
}

function choose(item) {
  controls.layout.value = item.axes.layout;
  offerPatterns();
  controls.pattern.value = item.axes.pattern;
  drawBySize();
}

function drawAll() {
  drawHeatMaps();
  drawBySize();
  plots.faults(model.placed(chosenRun().cases), chosenRun().pageSize);
}

function startCharts() {
  offer(
      'run', chartRuns.map((run, i) => String(i)),
      chartRuns.map((run) => run.name));
  offerVariants();
  offerSizes();
  offerLayouts();
  document.getElementById('page-controls').hidden =
      chartRuns.length < 2 && controls.variant.length < 2;
  controls.run.addEventListener('change', () => {
    offerVariants();
    offerSizes();
    offerLayouts();
    drawAll();
  });
  controls.variant.addEventListener('change', () => {
    offerSizes();
    offerLayouts();
    drawAll();
  });
  for (const id of ['heat-value', 'heat-size']) {
    controls[id].addEventListener('change', drawHeatMaps);
  }
  controls.layout.addEventListener('change', () => {
    offerPatterns();
    drawBySize();
  });
  controls.pattern.addEventListener('change', drawBySize);
  theme.onChange(drawAll);
  drawAll();
}

// The embedded file behind a link that saves it under its own name.
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
  document.getElementById('downloads').append(dom.make('li', button));
}

table.start();
document.querySelectorAll('script[data-name]').forEach(offerDownload);
if (chartRuns.length) {
  startCharts();
} else {
  for (const id of ['heat', 'sizes', 'faults']) {
    document.getElementById(id).hidden = true;
  }
}
