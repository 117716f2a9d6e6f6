"""scripts/install-dependencies on machines that have other packages than this one, with stand-ins for dpkg and apt."""
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).parents[2]
SCRIPT = TOP / "scripts" / "install-dependencies"
ALL = ("build-essential meson ninja-build pkgconf libhdf5-dev libjansson-dev libxxhash-dev libcmocka-dev "
       "python3-dev python3-numpy g++ libboost-dev libnanoflann-dev python3 python3-h5py").split()


@pytest.fixture
def machine(tmp_path):
    def run(what, missing, user=0, apt_fails=False):
        installed = [package for package in ALL if package not in missing]
        stand_ins = {
            "dpkg": f'case " {" ".join(installed)} " in *" $2 "*) echo "Status: install ok installed" ;; *) exit 1 ;; esac',
            "apt-get": f'echo "apt-get $@" >>{tmp_path}/log; exit {int(apt_fails)}',
            "apt-cache": "echo '  Candidate: 1'",
            "id": f"echo {user}",
        }
        for name, text in stand_ins.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
            (tmp_path / name).chmod(0o755)
        for name in ("sh", "grep", "cat", "env"):  # no sudo
            if not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(f"/usr/bin/{name}")
        done = subprocess.run(["/bin/sh", SCRIPT, what], env={"PATH": str(tmp_path)}, capture_output=True, encoding="utf-8")
        log = tmp_path / "log"
        return done.returncode, done.stdout + done.stderr, log.read_text() if log.exists() else ""

    return run


def test_nothing_is_missing(machine):
    assert machine("build", []) == (0, "All are installed.\n", "")


def test_what_the_python_package_needs_is_installed_too(machine):
    code, _, log = machine("build", ["python3-dev", "meson"])
    assert code == 0 and log.split()[-2:] == ["meson", "python3-dev"]


@pytest.mark.parametrize("options", [{"user": 1000}, {"apt_fails": True}])
def test_the_python_package_can_be_left_out(machine, options):
    code, said, _ = machine("build", ["python3-dev"], **options)
    assert code == 0 and "python3-dev" in said and "The Python package is not built" in said


@pytest.mark.parametrize("options", [{"user": 1000}, {"apt_fails": True}])
def test_other_packages_are_needed(machine, options):
    assert machine("build", ["python3-dev", "meson"], **options)[0] != 0


@pytest.mark.skipif(not pathlib.Path("/usr/include/boost/geometry/index/rtree.hpp").exists(), reason="there is no Boost")
def test_any_version_of_boost_will_do(machine):
    """libboost1.81-dev and libboost-dev exclude each other."""
    assert machine("bench", ["libboost-dev"]) == (0, "All are installed.\n", "")
