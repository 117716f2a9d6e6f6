"""What spatial-index-query finds in shapes other than boxes and spheres."""
import itertools

import pytest

import circuits
from conftest import run


def ids_of(data, *arguments, **options):
    lines = run("query", data.segments, *arguments, "--fields", "ids", **options).output.splitlines()
    return sorted(lines[1:])


@pytest.mark.parametrize("query, found", [
    (["--capsule", "5,0,-9", "5,0,9", "3.5"], []),
    (["--capsule", "5,0,-9", "5,0,9", "4"], ["1,0,0"]),
    (["--capsule", "5,0,-9", "5,0,9", "4.5"], ["1,0,0", "1,1,0"]),
    (["--capsule=0,0,12", "0,0,20", "2"], ["1,1,0"]),
    (["--capsule", "0,0,12", "0,0,20", "1.875"], []),
    (["--capsule", "0,0,20", "0,0,20", "10"], ["1,1,0"]),
    (["--cylinder", "0,0,12", "0,0,20", "2"], []),
    (["--cylinder", "0,0,10", "0,0,20", "0"], ["1,1,0"]),
    (["--cylinder", "-9,0,5", "-.5,0,5", "0"], ["1,1,0"]),
    (["--cylinder", "-9,0,5", "-.53125,0,5", "9"], ["1,0,0"]),
    (["--oriented-box", "0,0,20", "1,1,10", "1,0,0,0"], ["1,1,0"]),
    (["--oriented-box", "0,0,20", "1,1,9.75", "-2,0,0,0"], []),
    (["--oriented-box", "0,0,20", "10,1,1", ".5,0,.5,0"], ["1,1,0"]),
    (["--oriented-box", "3,3,5", "3.5,3.5,1", "1,0,0,0"], ["1,1,0"]),
    (["--oriented-box", "3,3,5", "3.5,3.5,1", ".92387953,0,0,.38268343"], []),
])
def test_segments(data, query, found):
    assert ids_of(data, *query) == found
    assert ids_of(data, *query, "--accuracy", "exact") == found
    assert run("query", data.segments, *query, "--count").output == f"{len(found)}\n"
    assert run("query", data.segments, *query, "--empty").output == ("false\n" if found else "true\n")


def test_synapses(data):
    output = run("query", data.synapses, "--capsule", "1,0,0", "4,0,0", "1", "--fields", "id").output
    assert sorted(output.split()[1:]) == ["0", "2", "4", "5"]
    output = run("query", data.synapses, "--cylinder", "1,0,0", "4,0,0", "1", "--fields", "id").output
    assert sorted(output.split()[1:]) == ["2", "4"]
    output = run("query", data.synapses, "--capsule", "1,0,0", "4,0,0", "1", "--group-by", "post_gid").output
    assert output == "post_gid,count\n0,1\n1,2\n2,1\n"


def test_bounding_boxes(data):
    box = ["--oriented-box", "1.5,1.5,5", ".25,.25,9", ".92387953,0,0,.38268343"]
    assert ids_of(data, *box) == []
    assert ids_of(data, *box, "--accuracy", "bounding_box") == ["1,0,0"]


def test_centers(data):
    assert ids_of(data, "--box", "0,0,0", "1,1,5", "--accuracy", "center") == ["1,0,0"]
    assert ids_of(data, "--box", "1,1,5", "0,0,6", "--accuracy", "center") == ["1,1,0"]
    assert ids_of(data, "--box", "-1,-1,-1", "0,1,9", "--accuracy", "center") == []


def test_tiles_have_every_element_once(data):
    cuts = [["-inf", "0", "10", "inf"], ["-inf", "-50", "0", "22.5", "inf"], ["-inf", "-50", "0", "5", "30", "inf"]]
    tiles = itertools.product(*(zip(axis, axis[1:]) for axis in cuts))
    lines = "".join("box {0[0]} {1[0]} {2[0]} {0[1]} {1[1]} {2[1]}\n".format(*tile) for tile in tiles)
    found = ids_of(data, "--queries", "-", "--accuracy", "center", input=lines)
    assert sorted(line.split(",", 1)[1] for line in found) == sorted(",".join(map(str, ids)) for ids in circuits.ELEMENTS)


def test_many_queries(data):
    lines = "capsule 0 0 12 0 0 20 2\ncylinder 0 0 12 0 0 20 2\n\noriented_box 0 0 20 10 1 1 .5 0 .5 0\nbox 0 0 9 0 0 9\n"
    output = run("query", data.segments, "--queries", "-", "--count", input=lines).output
    assert output == "query,count\n0,1\n1,0\n2,1\n3,1\n"


@pytest.mark.parametrize("line, words", [
    ("capsule 1 2 3 4 5 6", "expected 7 numbers after 'capsule', found 6"),
    ("capsule 1 2 3 4 5 6 -1", "radius of a query is -1"),
    ("cylinder 1 2 3 1 2 3 4", "both ends of a cylinder query are (1, 2, 3)"),
    ("cylinder 1 2 inf 1 2 3 4", "end of a query is (1, 2, inf), expected three finite"),
    ("oriented_box 1 2 3 4 5 6 7 8 9", "expected 10 numbers after 'oriented_box', found 9"),
    ("oriented_box 1 2 3 4 5 6 0 0 0 0", "quaternion (0, 0, 0, 0) is not a rotation"),
    ("\0box 1 2 3 4 5 6", "a zero byte"),
    ("box 1 2 3 4 5 6\0", "a zero byte"),
    ("oriented_box 1 2 3 4 -5 6 1 0 0 0", "half size of a query is (4, -5, 6)"),
])
def test_lines_that_make_no_sense(data, line, words):
    errors = run("query", data.synapses, "--queries", "-", input=line + "\n", code=2).errors
    assert words in errors and "standard input, line 1" in errors and len(errors.splitlines()) == 1


def test_centers_are_of_boxes(data):
    errors = run("query", data.synapses, "--queries", "-", "--accuracy", "center", input="box 0 0 0 1 1 1\nsphere 0 0 0 1\n",
                 code=2).errors
    assert "standard input, line 2: the accuracy 'center' is for boxes only" in errors


@pytest.mark.parametrize("arguments, words", [
    (["--capsule", "1,2", "3,4,5", "6"], "option '--capsule' takes two points x,y,z and a radius, but '1,2' is not a point"),
    (["--cylinder", "1,2,3", "3,4,5", "far"], "but 'far' is not a radius"),
    (["--cylinder", "1,2,3", "3,4,5"], "option '--cylinder' takes three values"),
    (["--oriented-box", "1,2", "1,2,3", "1,0,0,0"], "is a center x,y,z, not '1,2'"),
    (["--oriented-box", "1,2,3", "1", "1,0,0,0"], "is half the size, x,y,z, not '1'"),
    (["--oriented-box", "1,2,3", "1,2,3", "1,0,0"], "is a quaternion w,x,y,z, not '1,0,0'"),
    (["--sphere", "1,2,3", "1", "--accuracy", "center"], "the accuracy 'center' is for boxes only"),
    (["--nearest", "1,2,3", "1", "--accuracy", "center"], "the accuracy 'center' is for boxes only"),
])
def test_wrong_use(data, arguments, words):
    errors = run("query", data.synapses, *arguments, code=2).errors
    assert words in errors, errors
