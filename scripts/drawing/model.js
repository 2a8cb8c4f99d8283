// Unpacks the data into objects that all charts and the table share.

const model = (() => {
  const defaults = Object.entries(data.defaults);

  // The axes of a case that are not at their default, as words.
  function variantOf(axes) {
    return defaults.filter(([axis, usual]) => axes[axis] !== usual)
               .map(([axis]) => `${axis} ${axes[axis]}`)
               .join(', ') ||
        'default';
  }

  function unpack([id, values, size, repetitions, counters, errors], run) {
    const axes =
        Object.fromEntries(data.axes.map((axis, i) => [axis, values[i]]));
    const metrics = {};
    counters.forEach((packed, i) => {
      if (packed === null) return;
      const [median, low, high] =
          Array.isArray(packed) ? packed : [packed, packed, packed];
      metrics[data.counters[i].name] = {median, low, high};
    });
    return {
      id,
      run,
      axes,
      size,
      repetitions,
      metrics,
      errors,
      variant: variantOf(axes)
    };
  }

  const runs = data.runs.map(
      (run) => ({
        ...run,
        pageSize: Number(run.pageSize) || 4096,
        cases: run.cases.map((packed) => unpack(packed, run.name)),
      }));

  // Distinct values in the order of their first appearance.
  const distinct = (values) => [...new Set(values)];

  const median = (item, metric) => item.metrics[metric]?.median;

  // Cases that the charts can show: names that are not case ids have no axes.
  const placed = (cases) => cases.filter((item) => item.size !== null);

  const sizesOf = (cases) =>
      distinct(cases.map((item) => item.size)).sort((a, b) => a - b);

  // The copied part of the data set; undefined where nothing was measured.
  function share(item) {
    const copied = median(item, 'copied_bytes');
    return copied === undefined ? undefined : copied / item.size;
  }

  return {
    runs,
    counters: data.counters,
    axes: data.axes,
    distinct,
    median,
    placed,
    share,
    sizesOf,
    allocators: distinct(runs.flatMap(
                             (run) => placed(run.cases).map(
                                 (item) => item.axes.allocator)))
                    .sort()
  };
})();
