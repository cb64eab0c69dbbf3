"""Keep a part of normal footage out of the training, to learn from it what score is usual."""

from __future__ import annotations

from collections.abc import Sequence

SHARE = 0.25


def held_out(lengths: Sequence[int]) -> tuple[list[slice], list[slice]]:
    """Return which frames of each clip to learn from and which to keep out, given the clips' lengths in frames.

    Of four clips or more the last quarter is kept out whole, since frames of one clip are alike; of fewer, the last
    quarter of each clip's time.
    """
    whole, none = slice(None), slice(0, 0)
    if len(lengths) < round(1 / SHARE):
        cuts = [round(n * (1.0 - SHARE)) for n in lengths]
        return [slice(0, cut) for cut in cuts], [slice(cut, None) for cut in cuts]
    first = len(lengths) - round(len(lengths) * SHARE)
    learn = [whole if i < first else none for i in range(len(lengths))]
    return learn, [none if i < first else whole for i in range(len(lengths))]
