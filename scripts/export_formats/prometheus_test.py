"""Feeds exported text to promtool, Prometheus, Pushgateway and node_exporter.

The servers listen only on the loopback interface, keep their data in the test's
directory and end with the test. The test skips programs that are not installed.
"""

import http.server
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
from typing import Any

from scripts.export_formats import grafana
from scripts.export_formats import openmetrics
from scripts.export_formats import prometheus
from scripts.reading import questions
from scripts.testing import runs as fixtures
from scripts.testing import synthetic

_PATIENCE = 45  # Seconds for a server to start and to have scraped.


class _Exposition(http.server.BaseHTTPRequestHandler):
  """A scrape target that serves the class's text."""

  text = b''
  content_type = ''

  def do_GET(self) -> None:  # pylint: disable=invalid-name
    self.send_response(200)
    self.send_header('Content-Type', self.content_type)
    self.send_header('Content-Length', str(len(self.text)))
    self.end_headers()
    self.wfile.write(self.text)

  def log_message(self, *unused: Any) -> None:
    pass


def free_port() -> int:
  with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    return int(probe.getsockname()[1])


def get(url: str, what: str, body: bytes | None = None) -> str:
  """Waits until the answer of a server contains `what`; returns the answer."""
  deadline = time.monotonic() + _PATIENCE
  while True:
    text = ''
    try:
      request = urllib.request.Request(url, data=body,
                                       method='PUT' if body else 'GET')
      with urllib.request.urlopen(request, timeout=5) as answer:
        text = answer.read().decode()
    except OSError:
      pass
    if what in text or time.monotonic() > deadline:
      return text
    time.sleep(0.2)


class ServerTest(unittest.TestCase):
  """Skips if a program is not installed."""

  PROGRAMS: tuple[str, ...] = ()

  def setUp(self) -> None:
    super().setUp()
    for name in self.PROGRAMS:
      if shutil.which(name) is None:
        print(f'SKIPPED: {name} is not installed')
        self.skipTest(f'{name} is not installed')
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.directory = directory.name
    self.run_ = fixtures.load(fixtures.three_repetitions())

  def path(self, name: str) -> str:
    return os.path.join(self.directory, name)

  def serve(self, *command: str) -> None:
    """Starts a server that ends with the test."""
    log = open(self.path('log'), 'wb')
    self.addCleanup(log.close)
    server = subprocess.Popen(command, stdout=log, stderr=log)
    self.addCleanup(server.wait)
    self.addCleanup(server.kill)


class TextFormatTest(ServerTest):
  """The text format 0.0.4 and its consumers."""

  PROGRAMS = ('promtool', 'prometheus-pushgateway', 'prometheus-node-exporter')

  def setUp(self) -> None:
    super().setUp()
    content = fixtures.three_repetitions()
    # Every described counter of every unit.
    content['benchmarks'][3] |= {
        name: 1.5 for name in self.run_.results.description.counters
        if name != 'copied_bytes'}
    run = fixtures.load(content)
    self.text = ''.join(prometheus.render(run)[''])
    self.samples = {line for line in self.text.splitlines()
                    if not line.startswith('#')}

  def test_promtool_finds_no_problem(self) -> None:
    done = subprocess.run(['promtool', 'check', 'metrics'], input=self.text,
                          capture_output=True, text=True, check=False)
    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))

  def check(self, scraped: str) -> None:
    """Asserts that every sample arrived; servers sort labels and add some."""
    self.assertGreater(len(self.samples), 5)
    for name in {sample.partition('{')[0] for sample in self.samples}:
      self.assertEqual(scraped.count(f'\n{name}{{'),
                       sum(sample.startswith(f'{name}{{')
                           for sample in self.samples), name)
    self.assertRegex(scraped, r'\ncowbench_copied_bytes\{.*layout="boxed".*\} '
                              r'69632\n')

  def test_pushgateway_accepts_it(self) -> None:
    address = f'127.0.0.1:{free_port()}'
    self.serve('prometheus-pushgateway', f'--web.listen-address={address}')
    get(f'http://{address}/-/ready', 'OK')
    get(f'http://{address}/metrics/job/cowbench', '', self.text.encode())
    self.check(get(f'http://{address}/metrics', 'cowbench_copied_bytes'))

  def test_textfile_collector_accepts_it(self) -> None:
    os.mkdir(self.path('collected'))
    with open(self.path('collected/cow.prom'), 'w', encoding='utf-8') as file:
      file.write(self.text)
    address = f'127.0.0.1:{free_port()}'
    self.serve('prometheus-node-exporter', '--collector.disable-defaults',
               '--collector.textfile',
               f"--collector.textfile.directory={self.path('collected')}",
               f'--web.listen-address={address}')
    scraped = get(f'http://{address}/metrics', 'cowbench_copied_bytes')
    self.assertIn('\nnode_textfile_scrape_error 0\n', scraped)
    self.check(scraped)


class PrometheusTest(ServerTest):

  PROGRAMS = ('prometheus', 'promtool')

  def start(self, storage: str, targets: list[str]) -> None:
    config = self.path('prometheus.yml')
    jobs = [{'job_name': 'cowbench', 'scrape_interval': '1s',
             'static_configs': [{'targets': targets}]}] if targets else []
    with open(config, 'w', encoding='utf-8') as file:
      json.dump({'scrape_configs': jobs}, file)  # JSON is YAML.
    port = free_port()
    self.url = f'http://127.0.0.1:{port}'
    self.serve('prometheus', f'--config.file={config}',
               f'--storage.tsdb.path={storage}',
               '--storage.tsdb.retention.time=100y',
               f'--web.listen-address=127.0.0.1:{port}')

  def query(self, expression: str, **options: str) -> list[dict[str, Any]]:
    """Waits for the result of an instant query, and returns it."""
    arguments = urllib.parse.urlencode({'query': expression, **options})
    deadline = time.monotonic() + _PATIENCE
    result: list[dict[str, Any]] = []
    while not result and time.monotonic() < deadline:
      try:
        with urllib.request.urlopen(f'{self.url}/api/v1/query?{arguments}',
                                    timeout=5) as answer:
          result = json.load(answer)['data']['result']
      except OSError:
        pass  # The server is not up yet.
      if not result:
        time.sleep(0.3)
    return result

  def check(self, **options: str) -> None:
    faults, = self.query(
        'cowbench_minor_faults{layout="boxed",size_bytes="65536"}', **options)
    self.assertEqual(faults['value'][1], '18')
    self.assertEqual(faults['metric']['case'], fixtures.CASE)
    cases = self.query('cowbench_copied_bytes', **options)
    self.assertEqual({item['metric']['case'] for item in cases},
                     {fixtures.CASE, fixtures.HOSTILE_NAME})
    joined, = self.query(
        'cowbench_fork_time_seconds * on() group_left(commit)'
        ' cowbench_run_info', **options)
    self.assertEqual(joined['metric']['commit'],
                     synthetic.CONTEXT['git_commit'])
    self.assertAlmostEqual(float(joined['value'][1]), 110e-6)

  def scrape(self, text: str, content_type: str) -> None:
    handler = type('Handler', (_Exposition,), {
        'text': text.encode(), 'content_type': content_type})
    target = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    self.addCleanup(target.server_close)
    self.addCleanup(target.shutdown)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    self.start(self.path('data'), [f'127.0.0.1:{target.server_port}'])

  def test_prometheus_scrapes_it(self) -> None:
    self.scrape(''.join(openmetrics.render(self.run_)['']),
                'application/openmetrics-text; version=1.0.0')
    self.check()

  def test_the_dashboard_finds_its_series(self) -> None:
    content = synthetic.full_preset(sizes=('64KiB', '1MiB'))
    content['benchmarks'] += [
        synthetic.row(f'cow/string/write/glibc/size:1MiB/touch:{touch}'
                      '/writer:parent', copied_bytes=4096 * touch)
        for touch in (1, 10, 50)]
    # Failed cases are gaps: they have no series, and no series is zero.
    failed = 'cow/boxed/free/jemalloc/size:1MiB'
    content['benchmarks'] = [
        synthetic.failed_row(failed, 'killed')
        if row['name'].startswith(f'{failed}/iterations') else row
        for row in content['benchmarks']]
    run = fixtures.load(content)
    self.scrape(''.join(prometheus.render(run)['']),
                'text/plain; version=0.0.4')
    dashboard = json.loads(''.join(grafana.render(run)['']))
    answers = questions.answers(run.results)
    self.assertEqual([panel['title'] for panel in dashboard['panels']],
                     [answer.question.title for answer in answers])
    self.assertGreaterEqual(len(answers), 4)
    for panel, answer in zip(dashboard['panels'], answers):
      target, = panel['targets']
      found = {item['metric']['case']: float(item['value'][1])
               for item in self.query(target['expr'])}
      expected = {case.id: case.samples[answer.question.counter][0]
                  for case in answer.cases if case.id != failed}
      self.assertEqual(found, expected, panel['title'])
    self.assertTrue(any(case.id == failed for answer in answers
                        for case in answer.cases))

  def test_prometheus_backfills_it(self) -> None:
    path = self.path('run.om')
    with open(path, 'w', encoding='utf-8') as file:
      file.write(''.join(openmetrics.render(self.run_, timestamps=True)['']))
    storage = self.path('data')
    made = subprocess.run(
        ['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', path,
         storage], capture_output=True, text=True, timeout=60, check=False)
    self.assertEqual(made.returncode, 0, made.stderr)
    self.start(storage, [])
    self.check(time=str(self.run_.date.timestamp()))


if __name__ == '__main__':
  unittest.main()
