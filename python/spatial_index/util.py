"""Nothing is left of the module of this name; what programs used of it says what to do instead."""
from .gone import raise_if_gone

_REPLACEMENTS = {
    "is_likely_same_index": "run the command spatial-index-compare, which compares every element",
    "balanced_chunk": "builders share the work out among threads themselves",
    "check_free_space": "builders check it themselves",
    "docopt_get_args": "the commands are programs",
    "gen_ranges": "builders do all ranges at once",
    "ranges_with_progress": "give builders progress=True",
    "register_mpi_excepthook": "builds do not use MPI",
    "MultiIndexWorkQueue": "builds do not use MPI",
}


def __getattr__(name):
    raise_if_gone(__name__, name, _REPLACEMENTS)
