"""Benchmarks: each module is one command."""

import os

# Before NumPy is imported: the tracker's matrices are tiny, and on a busy machine BLAS threads that wait for each
# other cost twenty times the work itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
