"""scripts/check-rooms finds each kind of fault, added to a copy of src/."""
import pathlib
import re
import shutil
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = re.findall(r"^\| `([a-z0-9_]+)/` \|", (PROJECT / "src/README.md").read_text(), re.MULTILINE)


@pytest.fixture
def copy(tmp_path):
    """A copy of src/ to add a fault to."""
    folder = tmp_path / "src"
    shutil.copytree(PROJECT / "src", folder)
    return folder


def found_faults(folder):
    """The lines that check-rooms prints; it exits with 1 if and only if there are any."""
    run = subprocess.run([PROJECT / "scripts/check-rooms", folder], capture_output=True, text=True)
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert run.returncode == (1 if lines else 0)
    return set(lines)


def added_faults(folder, add_fault):
    before = found_faults(folder)
    add_fault()
    return found_faults(folder) - before


def append(path, text):
    path.write_text(path.read_text() + text)


def test_the_rooms_are_in_order():
    assert found_faults(PROJECT / "src") == set()


def test_an_include_against_the_order_in_each_room(copy):
    expected = set()

    def add_includes():
        for room, lower_room in zip(ROOMS, ROOMS[1:]):
            source = min((copy / room).glob("*.[ch]"))
            header = f"{lower_room}/new_header.h"
            append(source, f'#include "{header}"\n')
            expected.add(f'{room}/{source.name}: includes "{header}", but {lower_room}/ stands below {room}/')
    assert added_faults(copy, add_includes) == expected


def test_a_circle_of_two_files_in_each_room(copy):
    def add_circles():
        for room in ROOMS:
            (copy / room / f"new_{room}_a.c").write_text(f'#include "{room}/new_{room}_b.h"\n')
            (copy / room / f"new_{room}_b_internal.h").write_text(f'#include "{room}/new_{room}_a.h"\n')
    assert added_faults(copy, add_circles) == {
        f"{room}/: files include each other in a circle: new_{room}_a -> new_{room}_b -> new_{room}_a"
        for room in ROOMS}


def test_a_circle_of_three_files(copy):
    def add_circle():
        for name, other in ("ab", "bc", "ca"):
            (copy / "base" / f"new_{name}.h").write_text(f'#include <base/new_{other}.h>\n')
        (copy / "base/new_d.h").write_text('#include "base/new_a.h"\n')  # leads into the circle, is not in it
    assert added_faults(copy, add_circle) == {
        "base/: files include each other in a circle: new_a -> new_b -> new_c -> new_a"}


def test_rooms_that_the_table_does_not_list(copy):
    readme = copy / "README.md"

    def remove_table():
        readme.write_text(re.sub(r"^\| `[a-z0-9_]+/` \|.*\n", "", readme.read_text(), flags=re.MULTILINE))
    assert added_faults(copy, remove_table) == {
        f"{room}/: the table of README.md does not list this room" for room in ROOMS}


def test_a_row_without_a_room(copy):
    faults = added_faults(copy, lambda: append(copy / "README.md", "\n| `attic/` | nothing |\n"))
    assert faults == {"README.md: lists the room attic/, which has no files"}


def test_a_file_outside_the_rooms(copy):
    assert added_faults(copy, lambda: (copy / "new.c").write_text("\n")) == {"new.c: lies in no room"}


def test_two_files_of_one_name(copy):
    def add_files():
        for room in ROOMS[:2]:
            (copy / room / "new.h").write_text("\n")
    assert added_faults(copy, add_files) == {
        f"new.h: several files have this name: {ROOMS[0]}/new.h, {ROOMS[1]}/new.h"}


def test_a_room_that_is_too_large(copy):
    faults = added_faults(copy, lambda: (copy / "base/new.c").write_text("\n" * 10000))
    assert len(faults) == 1
    assert re.fullmatch(r"base/: has 1\d{4} of \d+ lines, more than one in 8", faults.pop())
