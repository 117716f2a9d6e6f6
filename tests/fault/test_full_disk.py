"""On a disk that is too small, by however much, a build fails with a sentence and leaves what was there."""
import subprocess

import pytest

from commands import attempt, contents, differences
from conftest import only_for_scenes, some_of

PAGE = 4096


class SmallDisk:
    """A file system in memory, in place of the folder of a scene."""

    def __init__(self, place):
        self.place = place
        self.mount("size=64M")

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.place], check=True, stderr=subprocess.PIPE)

    def unmount(self):
        subprocess.run(["umount", self.place], check=True)

    def limit(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", self.place], check=True)


@pytest.fixture
def small_disk(scene):
    scene.reset()
    elsewhere = scene.place / "temp"
    try:
        disk = SmallDisk(elsewhere if elsewhere.exists() else scene.place)
    except (OSError, subprocess.CalledProcessError) as failure:
        pytest.skip(f"no file system may be mounted here: {getattr(failure, 'stderr', failure)}")
    yield disk
    disk.unmount()


def put_back(scene):
    """Like scene.reset(), but keeps the mount point."""
    subprocess.run(["find", scene.place, "-mindepth", "1", "-not", "-name", "temp", "-delete"], check=True)
    subprocess.run(["cp", "-r", f"{scene.kept}/.", scene.place], check=True)


def used(scene):
    """Pages that the files below the place take, and how many files and folders there are."""
    sizes = [len(content) for content in contents(scene.place).values() if content is not None]
    return sum(-(-size // PAGE) for size in sizes), len(contents(scene.place)) + 1


def assert_failed_tidily(scene, result):
    assert result.code == 2, result
    assert "No space left on device" in result.errors or "are free" in result.errors, result
    assert len(result.errors.splitlines()) == 1, result
    assert differences(scene.before, contents(scene.place)) == [], result


def sweep(scene, disk, limits):
    """Builds on disks of all these limits, of which the last one is large enough."""
    codes = set()
    for limit in limits:
        disk.limit("size=64M,nr_inodes=10000")
        put_back(scene)
        disk.limit(limit)
        result = attempt(scene.command)
        codes.add(result.code)
        if result.code != 0:
            assert_failed_tidily(scene, result)
        else:
            disk.limit("size=64M,nr_inodes=10000")
            assert scene.answer() == scene.new_answer
    assert codes == {0, 2}
    assert result.code == 0


def sweep_sizes(scene, disk, pages):
    most = 16 if scene.cost == 1 else 8
    sweep(scene, disk, [f"size={count * PAGE}" for count in some_of(pages, most, most_in_full=300)])


@only_for_scenes("nodes", "synapses over nodes", "several over several", "spilled")
def test_too_little_space(scene, small_disk):
    put_back(scene)
    before, _ = used(scene)
    attempt(scene.command)
    after, _ = used(scene)
    # What is sorted on the disk takes little more than the index, and both are there together for a while.
    most = before + (after if scene.cost == 1 else int(1.1 * after)) + after + 16
    sweep_sizes(scene, small_disk, range(max(before, 1), most + 1))


@only_for_scenes("spilled elsewhere over nodes")
def test_too_little_space_for_what_does_not_fit_in_memory(scene, small_disk):
    index = sum(len(content) for name, content in scene.after.items() if name.endswith(".si"))
    most = int(1.1 * index / PAGE)
    sweep_sizes(scene, small_disk, range(1, most + 1))


@only_for_scenes("nodes", "several over several")
def test_too_few_files(scene, small_disk):
    put_back(scene)
    _, before = used(scene)
    sweep(scene, small_disk, [f"nr_inodes={files}" for files in some_of(range(before, before + 40), 12)])
