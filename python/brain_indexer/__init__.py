"""The name that spatial_index had from version 3 of brain-indexer on: the same package, module by module."""
import importlib
import logging
import pkgutil
import sys

import spatial_index
from spatial_index import logs
from spatial_index.old import names

for _module in pkgutil.iter_modules(spatial_index.__path__):
    if _module.name != "__main__":
        sys.modules[f"{__name__}.{_module.name}"] = importlib.import_module(f"spatial_index.{_module.name}")

names.add_modules(__name__)

# Programs listen to the logger of this name, unless they have registered another one. What is set for that of the
# package holds for it, too.
if logs.logger is logging.getLogger("spatial_index"):
    logging.getLogger("brain_indexer").parent = logs.logger
    logs.register_logger(logging.getLogger("brain_indexer"))

# What is imported is what stands here: not a copy, so that whatever is set in one is seen in the other.
sys.modules[__name__] = spatial_index
