"""What passes in bulk, by compiled code: a long body costs Python by the stretch, not by the packet.

runs    segments of a flow that follow one another become one, before `track` looks at them
skim    a stretch of a mail's body in which nothing can matter is counted and passed over
"""

import numpy as np

from sensor.wire.bulk.runs import WORTH_IT, Runs
from sensor.wire.bulk.skim import skim
from sensor.wire.kernel import one_type
from sensor.wire.kernel.layout import FLOW, SEGMENT

__all__ = ["Runs", "skim", "warm"]


def warm() -> None:
    """Compile what stands here, into the cache on disk. Set-up calls it."""
    runs = Runs()
    runs.join(one_type(np.zeros(4, dtype=np.uint8)), np.zeros(WORTH_IT, dtype=SEGMENT), np.zeros(1, dtype=FLOW))
    skim(b"A" * 8)
