"""A synthetic association with known answers, any size: demo, tests, scale runs.

`write` makes a folder of CSV files that are imported like any other (``graphnet import --mapping
synth``), with `truth.json` (known answers) and `demo.json` (who signs in to the demo);
`people_and_ties` makes names, ties and attributes in memory. Nobody in it exists; the university is
one as it might have been.
"""

from graphnet.synth.association import PARTS, write
from graphnet.synth.sample import Sample, people_and_ties

__all__ = ["PARTS", "Sample", "people_and_ties", "write"]
