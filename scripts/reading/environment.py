"""The environment fingerprint: what the deterministic counters depend on."""

from typing import Any, Iterable

Context = dict[str, Any]

MACHINE_KEYS = (
    'cowbench_version',
    'kernel',
    'machine',
    'page_size',
    'access_flag',
    'thp_enabled',
    'mthp_enabled',
    'cpus_allowed',
    'cpus_online',
    'numa_nodes',
    'overcommit_memory',
    'legacy_va_layout',
    'malloc_conf_file',
    'ld_so_preload',
    'python_packages',
    'address_space_randomization',
    'compiler',
    'build_mode')

# Without these, it is unknown whether two environments are the same.
_REQUIRED_KEYS = ('cowbench_version', 'kernel', 'page_size')


def allocator_keys(allocator: str) -> tuple[str, str]:
  """The keys that only the cases of one allocator depend on."""
  return (f'allocator_{allocator}', f'allocator_{allocator}_settings')


def allocators(context: Context) -> dict[str, tuple[str, str]]:
  """{name: (version, settings)} of each allocator in a context.

  Users choose the names of variants, which may end in '_settings'.
  """
  found = {}
  for key, value in context.items():
    name = key.removeprefix('allocator_')
    version_key, settings_key = allocator_keys(name)
    of_another = (key.endswith('_settings') and
                  key.removesuffix('_settings') in context)
    if key == version_key and not of_another:
      found[name] = (str(value), str(context.get(settings_key, '')))
  return found


def fingerprint(context: Context) -> dict[str, str]:
  """All keys of the fingerprint that a context has, in a fixed order."""
  keys = [key for key in MACHINE_KEYS if key in context]
  keys += sorted(key for key in context if key.startswith('allocator_'))
  return {key: str(context[key]) for key in keys}


def differences(base: Context, head: Context,
                keys: Iterable[str]) -> dict[str, tuple[str, str]]:
  """{key: (of base, of head)} of the keys in which two contexts differ."""
  different = {}
  for key in keys:
    old, new = (str(context.get(key, 'not recorded'))
                for context in (base, head))
    unknown = key in _REQUIRED_KEYS and key not in base
    if old != new or unknown:
      different[key] = (old, new)
  return different


def conflict(one: Context, other: Context) -> str:
  """The first key of the fingerprint for which two contexts have different
  values, or ''. Each may have allocators that the other one lacks."""
  for key in fingerprint(one):
    if one[key] != other.get(key, one[key]):
      return key
  return ''
