"""OpenMetrics text against the real consumer: promtool and Prometheus.

The server listens on the loopback interface only, keeps its data in the test's
directory and ends with the test. Skips where Prometheus is not installed.
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

from scripts.export_formats import openmetrics
from scripts.testing import runs as fixtures
from scripts.testing import synthetic

_PATIENCE = 45  # Seconds for a server to start and to have scraped.


class _Exposition(http.server.BaseHTTPRequestHandler):
  """Serves the class's text as a scrape target."""

  text = b''

  def do_GET(self) -> None:  # pylint: disable=invalid-name
    self.send_response(200)
    self.send_header('Content-Type',
                     'application/openmetrics-text; version=1.0.0')
    self.send_header('Content-Length', str(len(self.text)))
    self.end_headers()
    self.wfile.write(self.text)

  def log_message(self, *unused: Any) -> None:
    pass


def free_port() -> int:
  with socket.socket() as probe:
    probe.bind(('127.0.0.1', 0))
    return int(probe.getsockname()[1])


class PrometheusTest(unittest.TestCase):

  def setUp(self) -> None:
    super().setUp()
    for program in ('prometheus', 'promtool'):
      if shutil.which(program) is None:
        print(f'SKIPPED: {program} is not installed')
        self.skipTest(f'{program} is not installed')
    directory = tempfile.TemporaryDirectory()
    self.addCleanup(directory.cleanup)
    self.directory = directory.name
    self.run_ = fixtures.load(fixtures.three_repetitions())

  def start(self, storage: str, targets: list[str]) -> None:
    config = os.path.join(self.directory, 'prometheus.yml')
    jobs = [{'job_name': 'cowbench', 'scrape_interval': '1s',
             'static_configs': [{'targets': targets}]}] if targets else []
    with open(config, 'w', encoding='utf-8') as file:
      json.dump({'scrape_configs': jobs}, file)  # JSON is YAML.
    port = free_port()
    self.url = f'http://127.0.0.1:{port}'
    log = open(os.path.join(self.directory, 'log'), 'wb')
    self.addCleanup(log.close)
    server = subprocess.Popen(
        ['prometheus', f'--config.file={config}',
         f'--storage.tsdb.path={storage}', '--storage.tsdb.retention.time=100y',
         f'--web.listen-address=127.0.0.1:{port}'], stdout=log, stderr=log)
    self.addCleanup(server.wait)
    self.addCleanup(server.kill)

  def query(self, expression: str, **options: str) -> list[dict[str, Any]]:
    """The result of an instant query, as soon as there is one."""
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

  def test_is_scraped(self) -> None:
    text = ''.join(openmetrics.render(self.run_)['']).encode()
    handler = type('Handler', (_Exposition,), {'text': text})
    target = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    self.addCleanup(target.server_close)
    self.addCleanup(target.shutdown)
    threading.Thread(target=target.serve_forever, daemon=True).start()
    self.start(os.path.join(self.directory, 'data'),
               [f'127.0.0.1:{target.server_port}'])
    self.check()

  def test_is_backfilled(self) -> None:
    path = os.path.join(self.directory, 'run.om')
    with open(path, 'w', encoding='utf-8') as file:
      file.write(''.join(openmetrics.render(self.run_, timestamps=True)['']))
    storage = os.path.join(self.directory, 'data')
    made = subprocess.run(
        ['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', path,
         storage], capture_output=True, text=True, timeout=60, check=False)
    self.assertEqual(made.returncode, 0, made.stderr)
    self.start(storage, [])
    self.check(time=str(self.run_.date.timestamp()))


if __name__ == '__main__':
  unittest.main()
