"""docs/pictures has the pictures of docs/make_pictures.py, and those of OTHERS.

The test compares their structure, not their figures: these depend on kernel and
allocators.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from scripts.drawing import library

FOLDER = 'docs/pictures'
PAGES = ('README.md', 'docs/answers.md', 'docs/cpython.md', 'docs/program.md',
         'docs/reference.md')

# The pages that show them name the commands that draw them: on other machines.
OTHERS = ['page_sizes.svg']


def structure(path: str) -> list[str]:
  """The words of a picture, without figures."""
  root = xml.etree.ElementTree.parse(path).getroot()
  texts = {''.join(element.itertext()) for element in root.iter()
           if element.tag.endswith('}text')}
  return sorted(text for text in texts if re.search('[a-zA-Z]{3}', text) and
                not re.fullmatch(r'[\d.]+ [KMG]iB', text))


class PicturesTest(unittest.TestCase):

  def test_pages_show_all_of_them(self) -> None:
    shown = set()
    for page in PAGES:
      with open(page, encoding='utf-8') as file:
        shown |= {os.path.normpath(os.path.join(os.path.dirname(page), path))
                  for path in re.findall(r'!\[[^\]]+\]\(([^)]+\.svg)\)',
                                         file.read())}
    self.assertEqual(shown, {os.path.join(FOLDER, name)
                             for name in os.listdir(FOLDER)})

  def test_they_are_what_the_command_makes(self) -> None:
    if shutil.which('node') is None or not os.path.exists(library.PATH):
      print('SKIPPED: node or the chart library is not installed')
      self.skipTest('node or the chart library is not installed')
    with tempfile.TemporaryDirectory() as folder:
      subprocess.run(['docs/make_pictures', f'--out={folder}'], check=True)
      self.assertEqual(sorted(os.listdir(folder) + OTHERS),
                       sorted(os.listdir(FOLDER)))
      for name in os.listdir(folder):
        self.assertEqual(structure(os.path.join(folder, name)),
                         structure(os.path.join(FOLDER, name)), name)


if __name__ == '__main__':
  unittest.main()
