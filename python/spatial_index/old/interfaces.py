"""Base classes of indexes that programs test for with isinstance()."""
import abc

from ..index import Index, SegmentIndex, SynapseIndex
from ..populations import MultiPopulationIndex


class IndexInterface(abc.ABC):
    """Every index, of one population or of several."""


class SONATAIndex(abc.ABC):
    """Indexes of what SONATA files hold, of which attributes can be asked for."""


IndexInterface.register(Index)
IndexInterface.register(MultiPopulationIndex)
SONATAIndex.register(SegmentIndex)
SONATAIndex.register(SynapseIndex)
