"""On a disk that is too small, by however much, a build fails with a sentence and leaves what was there."""
import subprocess

import pytest

from commands import attempt, contents, differences
from conftest import for_scenes, some_of

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
    try:
        disk = SmallDisk(scene.place)
    except (OSError, subprocess.CalledProcessError) as failure:
        pytest.skip(f"no file system may be mounted here: {getattr(failure, 'stderr', failure)}")
    yield disk
    disk.unmount()


def put_back(scene):
    """Like scene.reset(), but keeps the folder, which is a mount point."""
    subprocess.run(["find", scene.place, "-mindepth", "1", "-delete"], check=True)
    subprocess.run(["cp", "-r", f"{scene.kept}/.", scene.place], check=True)


def used(scene):
    """Pages that the files below the place take, and how many files and folders there are."""
    sizes = [len(content) for content in contents(scene.place).values() if content is not None]
    return sum(-(-size // PAGE) for size in sizes), len(contents(scene.place)) + 1


def assert_failed_tidily(scene, result):
    assert result.code == 2, result
    assert "No space left on device" in result.errors or " free " in result.errors, result
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


@for_scenes("nodes", "synapses over nodes", "several over several")
def test_too_little_space(scene, small_disk):
    put_back(scene)
    before, _ = used(scene)
    attempt(scene.command)
    after, _ = used(scene)
    most = before + after + 16
    sweep(scene, small_disk, [f"size={pages * PAGE}" for pages in some_of(range(max(before, 1), most + 1), 16)])


@for_scenes("nodes", "several over several")
def test_too_few_files(scene, small_disk):
    put_back(scene)
    _, before = used(scene)
    sweep(scene, small_disk, [f"nr_inodes={files}" for files in range(before, before + 40)])
