"""Prints the folder below an installation prefix in which this Python searches for packages.

Meson's own choice on Debian, PREFIX/lib/python3/dist-packages, is searched below /usr only.
"""
import site
import sys
import sysconfig

prefix = sys.argv[1].rstrip("/")
searched = [*site.getsitepackages(), site.getusersitepackages()]
below = [folder for folder in searched if folder.startswith(prefix + "/lib")]
# Where Python searches nowhere below the prefix, PYTHONPATH must name the usual place.
print(below[0] if below else sysconfig.get_path("platlib", "posix_prefix", {"base": prefix, "platbase": prefix}))
