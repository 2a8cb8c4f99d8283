"""A Slurm cluster on this machine, whose nodes can lose their power.

Each node is a slurmd with its own host name and its own processes, in namespaces:
killing the first process of a node kills all of it, as a power cut does. All
daemons listen on loopback, have their files in one folder, and die with this
process. Needs root.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import time
from typing import Callable, Self, TypeVar

_T = TypeVar('_T')

# The defaults wait for minutes: until a node that does not answer is down, and
# until a task that was on it may run again. They forget a task after minutes.
_CONFIGURATION = '''
ClusterName=cowbench
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmdTimeout=10
ReturnToService=2
JobRequeue=0
MinJobAge=3600
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
PartitionName=all Nodes=ALL Default=YES
'''


class Cluster:
  """A controller and its nodes, as a context manager."""

  def __init__(self, folder: str, nodes: tuple[str, ...]) -> None:
    """`folder` is empty and has a short name, because sockets are in it."""
    self._folder = folder
    self._daemons: dict[str, subprocess.Popen[bytes]] = {}
    self._nodes = nodes
    self._environment = os.environ | {
        'SLURM_CONF': f'{folder}/slurm.conf',
        'PATH': f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}

  def __enter__(self) -> Self:
    # Slurm and munge let everybody pass through their folders.
    os.chmod(self._folder, 0o755)
    for name in ('state', *self._nodes):
      os.mkdir(f'{self._folder}/{name}')
    key = pathlib.Path(self._folder, 'munge.key')
    key.touch(0o600)
    key.write_bytes(os.urandom(128))
    port, *ports = _free_ports(1 + len(self._nodes))
    text = _CONFIGURATION.format(port=port, folder=self._folder)
    for name, node_port in zip(self._nodes, ports):
      text += (f'NodeName={name} NodeHostname={name} NodeAddr=127.0.0.1 '
               f'Port={node_port}\n')
    pathlib.Path(self._folder, 'slurm.conf').write_text(text, encoding='utf-8')
    try:
      self._start('munge', [
          'munged', '--foreground', f'--key-file={key}',
          *(f'--{what}={self._folder}/munge.{ending}'
            for what, ending in (('socket', 'socket'), ('pid-file', 'pid'),
                                 ('log-file', 'log'), ('seed-file', 'seed')))])
      wait_for('munge', pathlib.Path(self._folder, 'munge.socket').exists)
      self._start('slurmctld', ['slurmctld', '-D'])
      for node in self._nodes:
        self.power_on(node)
      wait_for('the nodes', lambda: all(self.state(node) == 'idle'
                                        for node in self._nodes))
    except BaseException:
      self.__exit__()
      raise
    return self

  def __exit__(self, *_: object) -> None:
    for name in reversed(list(self._daemons)):
      self.power_off(name)

  def power_on(self, node: str) -> None:
    """Starts a node that is off."""
    self._start(node, [
        'unshare', '--uts', '--pid', '--mount-proc', '--fork', '--kill-child',
        'sh', '-c', 'hostname "$0" && exec slurmd -D -N "$0"', node])

  def power_off(self, node: str) -> None:
    """Kills every process of a node at once."""
    daemon = self._daemons.pop(node)
    daemon.kill()
    daemon.wait()

  def state(self, node: str) -> str:
    """The node's state, such as 'idle' or 'down*'; '' without a controller."""
    return self._output('sinfo', '--noheader', f'--nodes={node}', '--format=%T')

  def submit(self, folder: str, *arguments: str, **variables: str) -> str:
    """Calls sbatch in a folder; returns the number of the job."""
    return subprocess.run(
        ['sbatch', '--parsable', *arguments], check=True, text=True,
        stdout=subprocess.PIPE, cwd=folder,
        env=self._environment | variables).stdout.strip()

  def running_task(self, job: str, node: str) -> str:
    """The index of the job's task that runs on a node; '' for none."""
    return self._output('squeue', '--noheader', f'--jobs={job}',
                        '--states=RUNNING', f'--nodelist={node}', '--format=%K')

  def has_ended(self, job: str) -> bool:
    tasks = self.tasks(job)
    return bool(tasks) and all(
        task['JobState'] not in ('PENDING', 'RUNNING', 'COMPLETING')
        for task in tasks)

  def tasks(self, job: str) -> list[dict[str, str]]:
    """What the controller knows about each task of a job."""
    text = self._output('scontrol', '--oneliner', 'show', 'job', job)
    return [dict(item.split('=', 1) for item in line.split() if '=' in item)
            for line in text.splitlines()]

  def _output(self, *command: str) -> str:
    """Standard output; '' if the controller does not answer."""
    return subprocess.run(command, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=self._environment).stdout.strip()

  def _start(self, name: str, command: list[str]) -> None:
    with open(f'{self._folder}/{name}.out', 'wb') as log:
      self._daemons[name] = subprocess.Popen(
          ['setpriv', '--pdeathsig=KILL', *command], stdin=subprocess.DEVNULL,
          stdout=log, stderr=log, env=self._environment)


def missing_programs() -> list[str]:
  """Programs that scripts/setup --systems would install."""
  path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
  return [name for name in ('munged', 'slurmctld', 'slurmd', 'sbatch')
          if shutil.which(name, path=path) is None]


def wait_for(what: str, done: Callable[[], _T], seconds: float = 180) -> _T:
  """Calls `done` until its value is true; returns it, or raises TimeoutError."""
  deadline = time.monotonic() + seconds
  while not (value := done()):
    if time.monotonic() > deadline:
      raise TimeoutError(f'{what}: not within {seconds:.0f} s')
    time.sleep(0.1)
  return value


def _free_ports(count: int) -> list[int]:
  # All are open at once, so that no port is given twice.
  sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
  ports = [each.getsockname()[1] for each in sockets]
  for each in sockets:
    each.close()
  return ports
