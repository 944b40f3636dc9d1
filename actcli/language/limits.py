"""The two types that every wing of numbers shares."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Limits = tuple[float, float]
"""The two ends of an interval, the lower first."""
