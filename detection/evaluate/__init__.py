"""Measure scorers on public benchmarks, with the protocol stated and no test statistic used."""
