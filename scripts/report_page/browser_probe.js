// Uses a page as a reader does, in a real browser, and prints what it shows as
// JSON. The test decides what is right.
//
//   node browser_probe.js page.html user-data-directory browser

const {chromium} = require('playwright-core');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

async function main([path, userData, executablePath]) {
  const context = await chromium.launchPersistentContext(userData, {
    executablePath,
    headless: true,
    args: FLAGS,
    acceptDownloads: true,
    viewport: {width: 1280, height: 900},
    colorScheme: 'light',
  });
  try {
    await context.setOffline(true);
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    const seen = {console: [], errors: [], requests: [], dialogs: 0};
    page.on('console', (message) => seen.console.push(message.text()));
    page.on('pageerror', (error) => seen.errors.push(error.message));
    page.on('request', (request) => seen.requests.push(request.url()));
    page.on('dialog', (dialog) => {
      ++seen.dialogs;
      dialog.dismiss();
    });
    await page.goto(`file://${path}`);
    seen.words =
        await page.locator('header, #changes, #answers').allInnerTexts();
    for (const look
             of [keyboard, charts, filters, sorting, heatMap, screens,
                 download]) {
      seen[look.name] = await look(page);
    }
    seen.failures = await page.evaluate(
        () => [...document.querySelectorAll('#table .fail')].map(
            (e) => [e.textContent, e.parentNode.colSpan]));
    seen.executed = await page.evaluate(() => window.executed ?? null);
    seen.scripts = await page.evaluate(() => document.scripts.length);
    seen.foreign = await page.evaluate(
        () =>
            document.querySelectorAll('img, iframe, object, [onerror]').length);
    console.log(JSON.stringify(seen));
  } finally {
    await context.close();
  }
}

const count = (page) => page.locator('#count').textContent();

// The cells of the column with this title in the first `rows` rows.
async function column(page, title, rows = 3) {
  return page.evaluate(([wanted, number]) => {
    const table = document.getElementById('table');
    const at = [...table.tHead.rows[0].cells].findIndex(
        (cell) => cell.textContent === wanted);
    return [...table.tBodies[0].rows].slice(0, number).map(
        (row) => row.cells[at].textContent);
  }, [title, rows]);
}

// The elements of each visible chart.
function charts(page) {
  return page.evaluate(
      () => [...document.querySelectorAll('.plot')]
                .filter((plot) => plot.offsetParent)
                .map((plot) => ({
                       id: plot.id,
                       label: plot.getAttribute('aria-label'),
                       shapes: plot.querySelectorAll('svg path').length,
                       text: [...plot.querySelectorAll('svg text')].map(
                           (t) => t.textContent),
                     })));
}

async function filters(page) {
  const axes = await page.evaluate(
      () => [...document.querySelectorAll('#filters select')]
                .filter((choice) => choice.offsetParent)
                .map((choice) => choice.id.replace('filter-', '')));
  const counts = [await count(page)];
  await page.fill('#filter-text', 'BOXED free');
  counts.push(await count(page));
  const patterns = await column(page, 'pattern', 99);
  if (await page.locator('#filter-allocator').isVisible()) {
    await page.selectOption('#filter-allocator', {index: 1});
  }
  counts.push(await count(page));
  const allocators = await column(page, 'allocator', 99);
  await page.fill('#filter-text', 'no such case');
  counts.push(await count(page));
  await page.fill('#filter-text', '');
  await page.locator('#filter-allocator').evaluate((choice) => {
    choice.value = '';
    choice.dispatchEvent(new Event('change'));
  });
  counts.push(await count(page));
  return {
    axes,
    counts,
    patterns: [...new Set(patterns)],
    allocators: [...new Set(allocators)]
  };
}

async function sorting(page) {
  const button = page.locator('#table thead button', {hasText: 'copied_bytes'});
  if (await button.count() === 0) return null;
  const header = page.locator('#table thead th', {hasText: 'copied_bytes'});
  const states = [];
  for (let i = 0; i < 2; ++i) {
    await button.click();
    states.push({
      sort: await header.getAttribute('aria-sort'),
      top: await column(page, 'copied_bytes')
    });
  }
  let pages = null;
  if (await page.locator('#next').isVisible()) {
    await page.click('#next');
    pages = await count(page);
    await page.click('#previous');
  }
  return {states, pages};
}

async function keyboard(page) {
  // The column by which the table is sorted first.
  const opened = await page.locator('#table [aria-sort]').allTextContents();
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.textContent);
  await page.locator('#table thead button').first().focus();
  await page.keyboard.press('Enter');
  const sorted =
      await page.locator('#table thead th').first().getAttribute('aria-sort');
  return {opened, first, sorted};
}

// The cells of the heat map, row by row.
const heatCells = (page) => page.evaluate(
    () => [...document.querySelectorAll('.heat tr')].map(
        (row) => [...row.cells].map((cell) => cell.textContent)));

async function heatMap(page) {
  if (!await page.locator('#heat').isVisible()) return null;
  const chosen = () => page.evaluate(
      () => ['layout', 'pattern'].map(
          (axis) => document.getElementById(axis).value));
  const before = await chosen();
  const cells = {};
  for (const name of await page.locator('#allocator option')
           .allTextContents()) {
    // A list with one value is hidden.
    if (await page.locator('#allocator').isVisible()) {
      await page.selectOption('#allocator', name);
    }
    cells[name] = await heatCells(page);
  }
  // The keyboard works like the mouse.
  await page.locator('.heat button').last().focus();
  await page.keyboard.press('Enter');
  const after = await chosen();
  const legend = await page.locator('#copied-plot svg text').allTextContents();
  return {before, cells, after, legend};
}

// The lowest contrast of a cell's text with its background (WCAG 2).
function leastContrast() {
  const luminance = (color) => {
    const [r, g, b] = color.match(/\d+/g).map((channel) => {
      const c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return Math.min(...[...document.querySelectorAll('.heat button')].map((e) => {
    const {color, backgroundColor} = getComputedStyle(e);
    const [low, high] =
        [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }));
}

// The page in dark mode, on a narrow screen and on paper.
async function screens(page) {
  const look = () => page.evaluate(async () => {
    // The page reacts to a change of media in the next frame.
    for (let i = 0; i < 2; ++i) await new Promise(requestAnimationFrame);
    return {
      paper: getComputedStyle(document.body).backgroundColor,
      ink: document.querySelector('#differences-plot svg text')
               ?.getAttribute('fill'),
      overflow: document.documentElement.scrollWidth - innerWidth,
    };
  });
  const light = await look();
  light.contrast = await page.evaluate(leastContrast);
  await page.emulateMedia({colorScheme: 'dark'});
  const dark = await look();
  dark.contrast = await page.evaluate(leastContrast);
  await page.setViewportSize({width: 390, height: 800});
  const narrow = await look();
  await page.setViewportSize({width: 1280, height: 900});
  await page.emulateMedia({media: 'print'});
  const paper = await look();
  paper.controls = await page.locator('.controls').first().isVisible();
  // The page as it is prepared for printing.
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  paper.rows = await page.locator('#table tbody tr').count();
  paper.maps = await page.locator('.heat caption').allTextContents();
  paper.charts = await page.evaluate(
      () => [...document.querySelectorAll('.plot')]
                .filter((plot) => plot.offsetParent)
                .map((plot) => plot.querySelectorAll('svg path').length));
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  const pdf = await page.pdf({format: 'A4'});
  paper.pdf = pdf.subarray(0, 5).toString();
  await page.emulateMedia({media: null, colorScheme: 'light'});
  return {light, dark, narrow, paper};
}

async function download(page) {
  const waiting = page.waitForEvent('download');
  await page.locator('#downloads button').first().click();
  const saved = await waiting;
  const file = await saved.path();
  return {
    name: saved.suggestedFilename(),
    content: require('fs').readFileSync(file).toString('base64')
  };
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
