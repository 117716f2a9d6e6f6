# Untested: a starting point for a Spack package of SpatialIndex.
from spack.package import *


class SpatialIndex(MesonPackage):
    """A spatial index for brain circuits: what is inside this box or sphere?"""

    homepage = "https://github.com/spatial-index/spatial-index"
    git = "https://github.com/spatial-index/spatial-index.git"

    license("Apache-2.0")

    version("main", branch="main")

    variant("mpi", default=True, description="Let the processes of an MPI job build an index together")

    depends_on("c", type="build")
    depends_on("meson@1.0:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("hdf5@1.10:+hl")
    depends_on("jansson@2.13:")
    depends_on("xxhash@0.8:")
    depends_on("cmocka@1.1:")
    depends_on("mpi", when="+mpi")

    def meson_args(self):
        mpi = "enabled" if self.spec.satisfies("+mpi") else "disabled"
        return [f"-Dmpi={mpi}", "-Dpython=disabled"]
